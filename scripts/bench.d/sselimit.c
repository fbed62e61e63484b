// The floor for one-machine fan-out: a bare epoll server that holds SSE connections and, for every
// POST /publish, frames the body once and write(2)s it to every connection; what came in meanwhile leaves in
// one write. No parsing beyond the
// request line, no storage, no per-user anything: what a server cannot beat without kernel bypass.
// gcc -O2 -o sselimit sselimit.c ; ./sselimit PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
struct conn { int fd; char *in; int len, cap; char *out; int olen, ooff, ocap; int stream, idx; };
static struct conn **streams; static int nstreams, cap;
static int ep;
static void del(struct conn *c) {
  if (c->stream) { streams[c->idx] = streams[--nstreams]; streams[c->idx]->idx = c->idx; }
  close(c->fd); free(c->in); free(c->out); free(c);
}
static void arm(struct conn *c, int out) {
  struct epoll_event e = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}
static void put(struct conn *c, const char *b, int n) {
  if (!c->olen) {
    int w = write(c->fd, b, n);
    if (w < 0) { if (errno != EAGAIN) return; w = 0; }
    if (w == n) return;
    b += w; n -= w;
  }
  if (c->ooff + c->olen + n > c->ocap) {
    memmove(c->out, c->out + c->ooff, c->olen); c->ooff = 0;
    while (c->olen + n > c->ocap) c->ocap = c->ocap ? c->ocap * 2 : 4096;
    c->out = realloc(c->out, c->ocap);
  }
  memcpy(c->out + c->ooff + c->olen, b, n); c->olen += n; arm(c, 1);
}
static char pend[1 << 20]; static int plen;
static void spread(void) {
  for (int i = 0; i < nstreams; i++) put(streams[i], pend, plen);
  plen = 0;
}
static void request(struct conn *c) {
  for (;;) {
    char *h = c->len ? memmem(c->in, c->len, "\r\n\r\n", 4) : 0;
    if (!h) return;
    int hl = h - c->in + 4, cl = 0;
    char *q = strcasestr(c->in, "content-length:");
    if (q && q < h) cl = atoi(q + 15);
    if (c->len < hl + cl) return;
    if (!memcmp(c->in, "POST", 4)) {
      char f[70000]; static char ev[70000];
      int n = snprintf(ev, sizeof ev, "event: message\ndata: %.*s\n\n", cl, c->in + hl);
      int m = snprintf(f, sizeof f, "%x\r\n%s\r\n", n, ev);
      put(c, "HTTP/1.1 204 No Content\r\n\r\n", 27);
      if (plen + m > (int)sizeof pend) spread();
      memcpy(pend + plen, f, m); plen += m;
    } else {
      const char *r = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n1b\r\nevent: stream-open\ndata: \n\n\r\n";
      put(c, r, strlen(r));
      if (nstreams == cap) streams = realloc(streams, (cap = cap ? cap * 2 : 1024) * sizeof *streams);
      c->stream = 1; c->idx = nstreams; streams[nstreams++] = c;
    }
    memmove(c->in, c->in + hl + cl, c->len - hl - cl); c->len -= hl + cl;
  }
}
int main(int ac, char **av) {
  signal(SIGPIPE, SIG_IGN);
  struct rlimit rl = {1000000, 1000000}; setrlimit(RLIMIT_NOFILE, &rl);
  int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(av[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(s, (void *)&a, sizeof a) || listen(s, 8192)) { perror("bind"); return 1; }
  ep = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = 0}; epoll_ctl(ep, EPOLL_CTL_ADD, s, &e);
  struct epoll_event evs[1024];
  for (;;) {
    int n = epoll_wait(ep, evs, 1024, -1);
    for (int i = 0; i < n; i++) {
      struct conn *c = evs[i].data.ptr;
      if (!c) {
        int fd;
        while ((fd = accept4(s, 0, 0, SOCK_NONBLOCK)) >= 0) {
          setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          c = calloc(1, sizeof *c); c->fd = fd;
          struct epoll_event ce = {.events = EPOLLIN, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ce);
        }
        continue;
      }
      if (evs[i].events & EPOLLOUT && c->olen) {
        int w = write(c->fd, c->out + c->ooff, c->olen);
        if (w > 0) { c->ooff += w; c->olen -= w; if (!c->olen) { c->ooff = 0; arm(c, 0); if (c->stream) { free(c->out); c->out = 0; c->ocap = 0; } } }
      }
      if (evs[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        if (c->len + 4096 > c->cap) c->in = realloc(c->in, (c->cap = c->len + 66000));
        int r = read(c->fd, c->in + c->len, c->cap - c->len - 1);
        if (r <= 0 && !(r < 0 && errno == EAGAIN)) { del(c); continue; }
        if (r > 0) { c->len += r; c->in[c->len] = 0; request(c); }
        if (c->stream) { free(c->in); c->in = 0; c->len = c->cap = 0; }
      }
    }
    if (plen) spread();
  }
}
