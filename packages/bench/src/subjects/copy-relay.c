/*
 * The yardstick: a TCP relay that copies bytes both ways, one thread, epoll, 64 KiB buffers.
 *
 *     copy-relay LISTEN_PORT TARGET_PORT      (both on 127.0.0.1)
 *
 * What is read is written at once. What the other side does not take is kept, and nothing more is
 * read in that direction until it has been taken: that is the back-pressure.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_BYTES = 64 * 1024, EVENTS = 256, BACKLOG = 4096 };

/* One end of a session: its socket, and what it still has to be sent. */
struct end {
    int fd;
    int half_closed; /* its peer has ended, and what is kept for it is the last */
    struct end *peer;
    char *kept;
    size_t kept_from, kept_to;
    uint32_t interest;
};

static int epoll_fd;
static char buffer[BUFFER_BYTES];
/* Ends that were closed in this turn: later events of the turn may still point at them. */
static struct end *closed[2 * EVENTS];
static int closed_count;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void watch(struct end *end, uint32_t interest, int operation) {
    struct epoll_event event = {.events = interest, .data.ptr = end};
    if (operation == EPOLL_CTL_MOD && end->interest == interest) return;
    end->interest = interest;
    if (epoll_ctl(epoll_fd, operation, end->fd, &event) < 0) fail("epoll_ctl");
}

static void close_session(struct end *end) {
    struct end *both[] = {end, end->peer};
    for (int i = 0; i < 2; i++) {
        if (both[i]->fd < 0) continue;
        close(both[i]->fd);
        both[i]->fd = -1;
        closed[closed_count++] = both[i];
    }
}

static void free_closed(void) {
    while (closed_count > 0) {
        struct end *end = closed[--closed_count];
        free(end->kept);
        free(end);
    }
}

/* What to wait for at an end: room if something is kept for it; input if its peer has taken all. */
static void update_interest(struct end *end) {
    uint32_t interest = 0;
    if (end->kept != NULL) interest |= EPOLLOUT;
    if (end->peer->kept == NULL && !end->peer->half_closed) interest |= EPOLLIN;
    watch(end, interest, EPOLL_CTL_MOD);
}

static int is_fatal(void) {
    return errno != EAGAIN && errno != EINTR;
}

static void on_readable(struct end *from) {
    struct end *to = from->peer;
    ssize_t got = read(from->fd, buffer, BUFFER_BYTES);
    if (got < 0 && !is_fatal()) return;
    if (got < 0) return close_session(from);
    if (got == 0) {
        if (from->half_closed) return close_session(from);
        to->half_closed = 1;
        shutdown(to->fd, SHUT_WR);
        return update_interest(from);
    }
    ssize_t put = write(to->fd, buffer, got);
    if (put < 0 && is_fatal()) return close_session(from);
    if (put < 0) put = 0;
    if (put == got) return;
    to->kept = malloc(got - put);
    if (to->kept == NULL) fail("malloc");
    memcpy(to->kept, buffer + put, got - put);
    to->kept_from = 0;
    to->kept_to = got - put;
    update_interest(to);
    update_interest(from);
}

static void on_writable(struct end *to) {
    ssize_t put = write(to->fd, to->kept + to->kept_from, to->kept_to - to->kept_from);
    if (put < 0 && !is_fatal()) return;
    if (put < 0) return close_session(to);
    to->kept_from += put;
    if (to->kept_from < to->kept_to) return;
    free(to->kept);
    to->kept = NULL;
    update_interest(to);
    update_interest(to->peer);
}

static struct end *new_end(int fd) {
    struct end *end = calloc(1, sizeof *end);
    int on = 1;
    if (end == NULL) fail("calloc");
    end->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return end;
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* Takes one waiting connection; 0 when there is none. */
static int on_connection(int listener, const struct sockaddr_in *target) {
    int client_fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (client_fd < 0) return 0;
    int target_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (target_fd < 0) fail("socket");
    if (connect(target_fd, (const struct sockaddr *)target, sizeof *target) < 0 && errno != EINPROGRESS) {
        close(client_fd);
        close(target_fd);
        return 1;
    }
    struct end *client = new_end(client_fd), *to_target = new_end(target_fd);
    client->peer = to_target;
    to_target->peer = client;
    watch(client, EPOLLIN, EPOLL_CTL_ADD);
    watch(to_target, EPOLLIN, EPOLL_CTL_ADD);
    return 1;
}

static int listen_at(int port) {
    struct sockaddr_in address = loopback(port);
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
    if (listen(listener, BACKLOG) < 0) fail("listen");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll_ctl");
    return listener;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: copy-relay LISTEN_PORT TARGET_PORT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    epoll_fd = epoll_create1(0);
    struct sockaddr_in target = loopback(atoi(arguments[2]));
    int listener = listen_at(atoi(arguments[1]));
    struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct end *end = events[i].data.ptr;
            if (end == NULL) {
                while (on_connection(listener, &target)) continue;
                continue;
            }
            uint32_t happened = events[i].events;
            if (end->fd >= 0 && end->kept != NULL && happened & (EPOLLOUT | EPOLLERR)) on_writable(end);
            if (end->fd >= 0 && end->interest & EPOLLIN && happened & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(end);
            else if (end->fd >= 0 && happened & (EPOLLHUP | EPOLLERR)) close_session(end);
        }
        free_closed();
    }
}
