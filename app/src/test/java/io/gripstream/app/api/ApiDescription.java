package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.gripstream.app.server.TestServer.Answer;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The description of the API, held against answers: an answer must be as described, and what no
 * answer ever had is described for nothing.
 */
final class ApiDescription {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JsonNode root;
  private final Set<String> seenAnswers = new TreeSet<>();
  private final Set<String> seenFields = new TreeSet<>();

  ApiDescription(String yaml) {
    this.root = YAMLMapper.builder().build().readTree(yaml);
  }

  /** {@code GET /api/history}, and so on. */
  Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    root.get("paths")
        .propertyStream()
        .forEach(path -> path.getValue()
            .propertyNames()
            .forEach(method ->
                operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
    return operations;
  }

  Collection<String> fields(String schema) {
    return root.at("/components/schemas/" + schema + "/properties").propertyNames();
  }

  Set<String> answers() {
    Set<String> answers = new TreeSet<>();
    for (String operation : operations()) {
      operation(operation)
          .get("responses")
          .propertyNames()
          .forEach(status -> answers.add(operation + " " + status));
    }
    return answers;
  }

  Set<String> answersNeverSeen() {
    Set<String> missing = answers();
    missing.removeAll(seenAnswers);
    return missing;
  }

  /** Fields of the schemas of answers, as {@code History.next}. */
  Set<String> fieldsNeverSeen(Collection<String> ofRequestsOnly) {
    Set<String> missing = new TreeSet<>();
    root.at("/components/schemas").propertyStream().forEach(schema -> {
      if (!ofRequestsOnly.contains(schema.getKey())) {
        schema
            .getValue()
            .path("properties")
            .propertyNames()
            .forEach(field -> missing.add(schema.getKey() + "." + field));
      }
    });
    missing.removeAll(seenFields);
    return missing;
  }

  /** Holds an answer to its description; returns it. */
  Answer check(String operation, int status, Answer answer) {
    assertThat(answer.status()).as("%s: %s", operation, answer.body()).isEqualTo(status);
    check(operation, status, answer.header("content-type"), answer.body());
    return answer;
  }

  void check(String operation, int status, String contentType, String body) {
    JsonNode response =
        resolve(operation(operation).path("responses").path(Integer.toString(status)));
    assertThat(response.isObject()).as("%s may answer %d", operation, status).isTrue();
    String type = contentType.split(";", 2)[0];
    JsonNode content = response.path("content").path(type);
    assertThat(content.isObject())
        .as("%s %d may be %s", operation, status, type)
        .isTrue();
    JsonNode schema = content.get("schema");
    if (type.equals("application/json")) {
      check(operation + " " + status, schema, JSON.readTree(body));
    } else if (type.equals("application/x-ndjson")) {
      body.lines().forEach(line -> check(operation + " " + status, schema, JSON.readTree(line)));
    }
    seenAnswers.add(operation + " " + status);
  }

  private JsonNode operation(String operation) {
    String[] words = operation.split(" ", 2);
    return root.get("paths").path(words[1]).path(words[0].toLowerCase(java.util.Locale.ROOT));
  }

  private JsonNode resolve(JsonNode node) {
    JsonNode reference = node.get("$ref");
    return reference == null ? node : root.at(reference.stringValue().substring(1));
  }

  private void check(String where, JsonNode given, JsonNode value) {
    JsonNode schema = resolve(given);
    String name = given.has("$ref") ? given.get("$ref").stringValue().replaceAll(".*/", "") : "";
    if (schema.has("oneOf")) {
      // Of those here, which one it is can be told by a field of its own.
      for (JsonNode option : schema.get("oneOf")) {
        if (value.has(resolve(option).at("/required/0").stringValue())) {
          check(where, option, value);
          return;
        }
      }
      fail("%s: %s is none of %s", where, value, name);
    }
    if (schema.has("enum")) {
      assertThat(schema.get("enum").valueStream()).as(where).contains(value);
    }
    JsonNode types = schema.path("type");
    if (!types.isMissingNode()) {
      String actual = type(value);
      assertThat(types.isString() ? Set.of(types.stringValue()) : texts(types))
          .as("%s: the type of %s", where, value)
          .contains(actual);
    }
    if (value.isArray()) {
      value.forEach(item -> check(where, schema.get("items"), item));
    } else if (value.isObject() && schema.has("properties")) {
      assertThat(schema.path("additionalProperties").isBoolean()).as(where).isTrue();
      assertThat(value.propertyNames()).as(where).containsAll(texts(schema.get("required")));
      value.propertyStream().forEach(field -> {
        JsonNode described = schema.get("properties").get(field.getKey());
        assertThat(described)
            .as("%s: field %s of %s", where, field.getKey(), name)
            .isNotNull();
        seenFields.add(name + "." + field.getKey());
        check(where, described, field.getValue());
      });
    } else if (value.isObject()) {
      value.forEach(item -> check(where, schema.get("additionalProperties"), item));
    }
  }

  private static Set<String> texts(JsonNode list) {
    Set<String> texts = new TreeSet<>();
    list.forEach(text -> texts.add(text.stringValue()));
    return texts;
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case NULL -> "null";
      default -> value.isIntegralNumber() ? "integer" : "number";
    };
  }
}
