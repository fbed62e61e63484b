// Load for any SSE server: opens N streams, then publishes K events over one keep-alive HTTP connection (or
// waits for somebody else to), and reports deliveries per second and publish-to-receive latency as JSON.
// An event is recognised by "T=<nanoseconds>;" anywhere in the bytes, so framing and JSON quoting do not matter.
//   gcc -O2 -o sseload sseload.c -lm
//   ./sseload -p PORT -u '/events?channel=x' -n CONNS [-H 'Header: v']...
//             [-P PUBPORT -U /publish -b '{"channel":"x","data":"%T"}' -k EVENTS [-r RATE/s] [-w WINDOW] [-s BYTES] [-G 'Header: v']]
//             [-c PUBLISHERS: connections that publish, in turn]
//             [-k EVENTS (expected per connection)] [-t SECONDS: from the start; for -P and -i from when all are open, which may take 30 s] [-i] (-i: only hold idle for -t seconds) [-a NADDR: source 127.0.0.1..NADDR]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
typedef struct { int fd, ok, got; char tail[64]; int tl; } conn;
static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static uint64_t hist[64 * 16]; static uint64_t maxlat; static double sumlat;
static void rec(int64_t d) { if (d < 1) d = 1; if ((uint64_t)d > maxlat) maxlat = d; sumlat += d; int e = 63 - __builtin_clzll(d); int m = e >= 4 ? (d >> (e - 4)) & 15 : 0; hist[e * 16 + m]++; }
static double pct(uint64_t n, double p) { uint64_t c = 0, t = (uint64_t)ceil(n * p); for (int i = 0; i < 1024; i++) { c += hist[i]; if (c >= t) { int e = i / 16, m = i % 16; return (ldexp(1, e) * (1 + (m + 0.5) / 16)) / 1e6; } } return maxlat / 1e6; }
static uint64_t delivered; static int opened, closed_;
static void feed(conn *c, char *b, int n, uint64_t t) {
  static char buf[300000]; memcpy(buf, c->tail, c->tl); memcpy(buf + c->tl, b, n); int L = c->tl + n, i = 0, last = 0; buf[L] = 0;
  while (i < L) {
    char *p = memmem(buf + i, L - i, "T=", 2); if (!p) break;
    char *q = p + 2; uint64_t v = 0; while (q < buf + L && *q >= '0' && *q <= '9') v = v * 10 + (*q++ - '0');
    if (q >= buf + L) { last = p - buf; goto keep; }
    if (*q == ';' && q - p > 10) { c->got++; delivered++; rec((int64_t)(t - v)); }
    i = q - buf;
  }
  last = L > 1 && buf[L - 1] == 'T' ? L - 1 : L;
keep: if (last < i) last = i; if (L - last > 60) last = L - 60; c->tl = L - last; memcpy(c->tail, buf + last, c->tl);
}
static int dial(const char *src, int port, int nb) {
  int s = socket(AF_INET, SOCK_STREAM, 0), one = 1; setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (src) { setsockopt(s, IPPROTO_IP, 24 /*IP_BIND_ADDRESS_NO_PORT*/, &one, sizeof one); struct sockaddr_in b = {.sin_family = AF_INET}; inet_pton(AF_INET, src, &b.sin_addr); bind(s, (void *)&b, sizeof b); }
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < 50; i++) { if (!connect(s, (void *)&a, sizeof a)) { if (nb) { int f = 1; extern int ioctl(int, unsigned long, ...); ioctl(s, 0x5421, &f); } return s; } usleep(20000); }
  perror("connect"); exit(2);
}
// A connection that publishes. Its requests are answered in order.
typedef struct { int fd, out, off, pil, unanswered; char req[90000], in[65536]; } pub;
static pub *pubs; static int npubs = 1, bad; static uint64_t acked, plast;
// Writes what is left of a request; whether it is all out.
static int push(pub *p) {
  while (p->off < p->out) {
    int w = write(p->fd, p->req + p->off, p->out - p->off);
    if (w < 0 && errno == EAGAIN) return 0;
    if (w < 0) { perror("pub write"); exit(2); }
    p->off += w;
  }
  return 1;
}
static void dialpub(int ep, int i, int port) {
  pub *p = &pubs[i]; p->fd = dial(0, port, 1); p->out = p->off = p->pil = p->unanswered = 0;
  struct epoll_event e = {.events = EPOLLIN, .data.u32 = UINT32_MAX - i}; epoll_ctl(ep, EPOLL_CTL_ADD, p->fd, &e);
}
static void answers(int ep, int i, int port, uint64_t t) {
  pub *p = &pubs[i]; int r = read(p->fd, p->in + p->pil, sizeof p->in - p->pil - 1);
  if (r < 0 && errno == EAGAIN) return;
  if (r <= 0) { epoll_ctl(ep, EPOLL_CTL_DEL, p->fd, 0); close(p->fd); acked += p->unanswered; dialpub(ep, i, port); return; }
  p->pil += r; p->in[p->pil] = 0; char *h;
  while ((h = memmem(p->in, p->pil, "\r\n\r\n", 4))) {
    char *cl = strcasestr(p->in, "content-length:"); int b = cl && cl < h ? atoi(cl + 15) : 0, tot = h - p->in + 4 + b;
    char *te = strcasestr(p->in, "transfer-encoding: chunked");
    if (te && te < h) { char *z = memmem(h, p->pil - (h - p->in), "0\r\n\r\n", 5); if (!z) break; tot = z - p->in + 5; }
    if (p->pil < tot) break;
    if (p->in[9] != '2' && !bad++) fprintf(stderr, "publish answered: %.300s\n", p->in);
    memmove(p->in, p->in + tot, p->pil - tot); p->pil -= tot; p->in[p->pil] = 0; acked++; p->unanswered--; plast = t;
  }
}
int main(int ac, char **av) {
  int port = 0, pport = 0, n = 1, k = 0, size = 100, win = 1, naddr = 1, idle = 0, o; double rate = 0, tmo = 60; const char *path = "/", *ppath = "/publish", *body = "%T"; static char hdr[4096], phdr[4096];
  while ((o = getopt(ac, av, "p:u:n:H:P:U:b:k:r:w:s:G:t:ia:c:")) != -1) switch (o) {
    case 'p': port = atoi(optarg); break; case 'u': path = optarg; break; case 'n': n = atoi(optarg); break;
    case 'H': strcat(hdr, optarg); strcat(hdr, "\r\n"); break; case 'P': pport = atoi(optarg); break; case 'U': ppath = optarg; break;
    case 'b': body = optarg; break; case 'k': k = atoi(optarg); break; case 'r': rate = atof(optarg); break; case 'w': win = atoi(optarg); break;
    case 's': size = atoi(optarg); break; case 'G': strcat(phdr, optarg); strcat(phdr, "\r\n"); break; case 't': tmo = atof(optarg); break;
    case 'i': idle = 1; break; case 'c': npubs = atoi(optarg); break; case 'a': naddr = atoi(optarg); break; default: return 2; }
  signal(SIGPIPE, SIG_IGN); struct rlimit rl = {1000000, 1000000}; setrlimit(RLIMIT_NOFILE, &rl);
  int ep = epoll_create1(0); conn *cs = calloc(n, sizeof *cs); static char rb[262144], rq[8192];
  uint64_t t0 = now();
  for (int i = 0; i < n; i++) {
    char src[32]; snprintf(src, 32, "127.0.0.%d", 1 + i % naddr); cs[i].fd = dial(naddr > 1 ? src : 0, port, 0);
    char u[1024]; const char *pc = strstr(path, "%d"); if (pc) snprintf(u, sizeof u, "%.*s%d%s", (int)(pc - path), path, i, pc + 2); else snprintf(u, sizeof u, "%s", path);
    char h[4096]; const char *hc = strstr(hdr, "%d"); if (hc) snprintf(h, sizeof h, "%.*s%d%s", (int)(hc - hdr), hdr, i, hc + 2); else snprintf(h, sizeof h, "%s", hdr);
    int m = snprintf(rq, sizeof rq, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n%s\r\n", u, h);
    if (write(cs[i].fd, rq, m) != m) { perror("write"); return 2; }
    int f = 1; extern int ioctl(int, unsigned long, ...); ioctl(cs[i].fd, 0x5421, &f);
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = i}; epoll_ctl(ep, EPOLL_CTL_ADD, cs[i].fd, &e);
  }
  pubs = calloc(npubs, sizeof *pubs); int publishing = 0, turn = 0;
  uint64_t sent = 0, pstart = 0, started = 0, end = t0 + (uint64_t)((pport || idle ? 30 : tmo) * 1e9), tdone = 0, topen = 0;
  struct epoll_event ev[512]; char pad[70000]; memset(pad, 'x', sizeof pad);
  for (;;) {
    uint64_t t = now(); if (t > end) break;
    if (!topen && opened == n) { topen = t; if (idle) end = t + (uint64_t)(tmo * 1e9); }
    if (topen && !started && (t - topen > 300000000ull)) { started = 1; pstart = t; if (pport && !idle) { publishing = 1; end = t + (uint64_t)(tmo * 1e9); for (int i = 0; i < npubs; i++) dialpub(ep, i, pport); } }
    for (int busy = 0; publishing && busy < npubs && sent < (uint64_t)k && sent - acked < (uint64_t)win && (!rate || (t - pstart) / 1e9 * rate >= sent); turn = (turn + 1) % npubs) {
      pub *p = &pubs[turn]; if (!push(p)) { busy++; continue; }
      char v[70100]; int vl = snprintf(v, 40, "T=%llu;", (unsigned long long)now()); if (size > vl) { memcpy(v + vl, pad, size - vl); vl = size; } v[vl] = 0;
      static char bb[80000]; int bl = 0; for (const char *q = body; *q; q++) { if (q[0] == '%' && q[1] == 'T') { memcpy(bb + bl, v, vl); bl += vl; q++; } else bb[bl++] = *q; }
      int m = snprintf(p->req, sizeof p->req, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n", ppath, bl, phdr); memcpy(p->req + m, bb, bl);
      sent++; p->unanswered++; p->out = m + bl; p->off = 0; push(p);
    }
    for (int i = 0; publishing && i < npubs; i++) push(&pubs[i]);
    int w = epoll_wait(ep, ev, 512, rate && publishing && sent < (uint64_t)k ? 1 : 50); t = now();
    for (int i = 0; i < w; i++) {
      if (ev[i].data.u32 > UINT32_MAX - npubs) { answers(ep, UINT32_MAX - ev[i].data.u32, pport, t); continue; }
      conn *c = &cs[ev[i].data.u32]; int r = read(c->fd, rb, sizeof rb - 1);
      if (r > 0) { if (!c->ok) { c->ok = 1; opened++; if (memcmp(rb, "HTTP/1.1 200", 12)) { if (!bad++) { rb[r < 400 ? r : 400] = 0; fprintf(stderr, "stream answered: %s\n", rb); } } } feed(c, rb, r, t); }
      else if (r == 0 || (r < 0 && errno != EAGAIN)) { closed_++; epoll_ctl(ep, EPOLL_CTL_DEL, c->fd, 0); close(c->fd); if (!c->ok) { c->ok = 1; opened++; } }
    }
    if (k && !idle && delivered >= (uint64_t)k * n) { tdone = t; break; }
  }
  if (!tdone) tdone = now(); int lo = 1 << 30, hi = 0; for (int i = 0; i < n; i++) { if (cs[i].got < lo) lo = cs[i].got; if (cs[i].got > hi) hi = cs[i].got; }
  double el = pstart ? (tdone - pstart) / 1e9 : 0;
  printf("{\"conns\":%d,\"open_s\":%.3f,\"opened\":%d,\"closed\":%d,\"sent\":%llu,\"acked\":%llu,\"bad\":%d,\"delivered\":%llu,\"per_conn_min\":%d,\"per_conn_max\":%d,\"elapsed_s\":%.3f,\"deliveries_per_s\":%.0f,\"publishes_per_s\":%.3f,\"lat_ms\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f,\"mean\":%.3f}}\n",
         n, topen ? (topen - t0) / 1e9 : -1, opened, closed_, (unsigned long long)sent, (unsigned long long)acked, bad, (unsigned long long)delivered, lo, hi, el, el ? delivered / el : 0, plast > pstart ? acked / ((plast - pstart) / 1e9) : 0, pct(delivered, .5), pct(delivered, .99), maxlat / 1e6, delivered ? sumlat / delivered / 1e6 : 0);
}
