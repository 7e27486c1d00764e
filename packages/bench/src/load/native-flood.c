/*
 * Both ends of sessions with as little CPU as possible: clients that send masked frames, and their target. The frames are
 * masked in memory beforehand and sent without a copy; the target drops what it receives in the kernel.
 *
 *     native-flood PROXY_PORT TARGET_PORT SESSIONS PATH SUBPROTOCOLS      (ports on 127.0.0.1)
 *
 * Once all sessions are open it prints a line "MILLISECONDS BYTES" every 50 ms: a clock, and the bytes that have arrived
 * at the target. It runs until it is killed, or until a session ends, which is an error.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 8, PAYLOAD = 16 * 1024, FRAMES = 256, TURN = 256 * 1024, DROP = 1024 * 1024, EVENTS = 64, REPORT_MS = 50 };

struct end {
    int fd;
    int is_client;
    off_t sent; /* where in the frames a client is */
};

static int epoll_fd, frames_fd;
static const off_t frames_bytes = (off_t)FRAMES * (HEADER + PAYLOAD);
static uint64_t arrived;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/* Binary frames, final, masked (RFC 6455, section 5.2). What they hold does not matter: it is random. */
static void make_frames(void) {
    frames_fd = memfd_create("frames", 0);
    if (frames_fd < 0 || ftruncate(frames_fd, frames_bytes) < 0) fail("memfd_create");
    unsigned char frame[HEADER + PAYLOAD] = {0x82, 0x80 | 126, PAYLOAD >> 8, PAYLOAD & 0xff};
    for (int i = 0; i < FRAMES; i++) {
        for (int at = 4; at < HEADER + PAYLOAD; at++) frame[at] = random();
        if (write(frames_fd, frame, sizeof frame) != sizeof frame) fail("write");
    }
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int listen_at(int port) {
    struct sockaddr_in address = loopback(port);
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
    if (listen(listener, 1024) < 0) fail("listen");
    return listener;
}

static void watch(int fd, int is_client, uint32_t interest) {
    struct end *end = calloc(1, sizeof *end);
    if (end == NULL) fail("calloc");
    end->fd = fd;
    end->is_client = is_client;
    struct epoll_event event = {.events = interest, .data.ptr = end};
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
}

/* Connects and asks for an upgrade; what follows the answer is dropped later. */
static void open_client(int port, const char *path, const char *subprotocols) {
    struct sockaddr_in address = loopback(port);
    char text[4096] = "";
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
    int length = snprintf(text, sizeof text,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Protocol: %s\r\n\r\n",
                          path, port, subprotocols);
    if (write(fd, text, length) != length) fail("write");
    size_t got = 0;
    memset(text, 0, sizeof text);
    while (strstr(text, "\r\n\r\n") == NULL) {
        ssize_t more = got < sizeof text - 1 ? read(fd, text + got, 1) : 0;
        if (more <= 0) break;
        got += more;
    }
    if (strncmp(text, "HTTP/1.1 101", 12) != 0) {
        fprintf(stderr, "expected an accepted upgrade, but got %s\n", text);
        exit(1);
    }
    watch(fd, 1, EPOLLIN | EPOLLOUT);
}

/* Reads what has come and drops it; how much that was. */
static size_t drop(struct end *end) {
    ssize_t got = recv(end->fd, NULL, DROP, MSG_TRUNC);
    if (got > 0) return got;
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    fprintf(stderr, "the proxy ended a session\n");
    exit(1);
}

static void on_writable(struct end *client) {
    off_t left = frames_bytes - client->sent;
    ssize_t put = sendfile(client->fd, frames_fd, &client->sent, left < TURN ? left : TURN);
    if (put < 0 && errno != EAGAIN && errno != EINTR) fail("sendfile");
    if (client->sent == frames_bytes) client->sent = 0;
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int count, char **arguments) {
    if (count != 6) {
        fprintf(stderr, "usage: native-flood PROXY_PORT TARGET_PORT SESSIONS PATH SUBPROTOCOLS\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    make_frames();
    epoll_fd = epoll_create1(0);
    int listener = listen_at(atoi(arguments[2])), sessions = atoi(arguments[3]), accepted = 0;
    struct epoll_event on_accept = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &on_accept) < 0) fail("epoll_ctl");
    for (int i = 0; i < sessions; i++) open_client(atoi(arguments[1]), arguments[4], arguments[5]);
    double report_at = 0;
    struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(epoll_fd, events, EVENTS, REPORT_MS);
        for (int i = 0; i < ready; i++) {
            struct end *end = events[i].data.ptr;
            if (end == NULL) {
                for (int fd; (fd = accept(listener, NULL, NULL)) >= 0; accepted++) watch(fd, 0, EPOLLIN);
                continue;
            }
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
                size_t got = drop(end);
                if (!end->is_client) arrived += got;
            }
            if (events[i].events & EPOLLOUT) on_writable(end);
        }
        double now = milliseconds();
        if (accepted < sessions || now < report_at) continue;
        report_at = now + REPORT_MS;
        printf("%.3f %llu\n", now, (unsigned long long)arrived);
        fflush(stdout);
    }
}
