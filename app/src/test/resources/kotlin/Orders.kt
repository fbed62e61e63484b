package io.gripstream.users

import io.gripstream.eventstream.Draft
import io.gripstream.eventstream.EventStores
import io.gripstream.eventstream.EventStream
import io.gripstream.eventstream.javalin.EventStreamPlugin
import io.gripstream.grip.GripProxy
import io.gripstream.grip.publish.Item
import io.gripstream.grip.publish.Publisher
import io.javalin.Javalin

/** Stores one event, and publishes one to a proxy. */
fun main(arguments: Array<String>) {
  val events = EventStream.create { config ->
    config.store(EventStores.memory()).user { request -> request.header("X-User") }
  }
  val plugin = EventStreamPlugin(events) { routes -> routes.pathParam("/events/{channel}") }
  val server = Javalin.create { it.registerPlugin(plugin) }.start("127.0.0.1", 0)
  val sent = events.send(Draft.of("orders", "line", mapOf("id" to 7)).withSkippedUsers("bob"))
  println("stored as ${sent.id()}")
  Publisher.create(listOf(GripProxy.parse(arguments[0]))).use { publisher ->
    publisher.publishAndWait(Item.stream("news", "hello")).orThrow()
  }
  println("published")
  server.stop()
}
