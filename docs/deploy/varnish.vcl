# Varnish in front of Pushpin, behind what does TLS. A stream takes a thread: raise thread_pool_max (5000).
vcl 4.1;

backend pushpin {
    .host = "127.0.0.1";
    .port = "7999";
    .connect_timeout = 2s;
    # Longer than keep_alive, which is 20 s.
    .first_byte_timeout = 90s;
    .between_bytes_timeout = 90s;
}

sub vcl_recv {
    # What the proxy and the application ask of each other; no client needs it.
    if (req.url ~ "/~(next|keep|gone)/") {
        return (synth(404));
    }
    # Only streams and the browser client; the API, the metrics and the console stay inside.
    if (req.url ~ "^/events([/?]|$)") {
        return (pass);
    }
    if (req.url !~ "^/eventstream/") {
        return (synth(404));
    }
}
