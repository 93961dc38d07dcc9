#include "CPolling.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(CP_READABLE == EPOLLIN && CP_WRITABLE == EPOLLOUT && CP_BROKEN == EPOLLERR && CP_HUNG_UP == EPOLLHUP,
               "our names stand for the kernel's bits");

int cp_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int set, int operation, int descriptor, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = descriptor};
    return epoll_ctl(set, operation, descriptor, &event);
}

int cp_add(int set, int descriptor, uint32_t events) { return control(set, EPOLL_CTL_ADD, descriptor, events); }
int cp_change(int set, int descriptor, uint32_t events) { return control(set, EPOLL_CTL_MOD, descriptor, events); }
int cp_remove(int set, int descriptor) { return control(set, EPOLL_CTL_DEL, descriptor, 0); }

int cp_wait(int set, struct cp_event *events, int room, int milliseconds) {
    struct epoll_event found[256];
    int count = epoll_wait(set, found, room < 256 ? room : 256, milliseconds);
    for (int i = 0; i < count; i++) events[i] = (struct cp_event){found[i].data.fd, found[i].events};
    return count;
}

int cp_bell(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
int cp_ring(int bell) { return eventfd_write(bell, 1); }

int cp_silence(int bell) {
    eventfd_t rung;
    return eventfd_read(bell, &rung);
}

static void read_address(const struct sockaddr_storage *from, struct cp_address *to) {
    memset(to, 0, sizeof *to);
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)from;
        to->kind = CP_V4;
        to->port = ntohs(four->sin_port);
        memcpy(to->bytes, &four->sin_addr, 4);
    } else if (from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)from;
        int is_mapped = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr);
        to->kind = is_mapped ? CP_V4 : CP_V6;
        to->port = ntohs(six->sin6_port);
        memcpy(to->bytes, six->sin6_addr.s6_addr + (is_mapped ? 12 : 0), is_mapped ? 4 : 16);
    }
}

int cp_accept(int listener, struct cp_address *peer) {
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    int accepted = accept4(listener, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) read_address(&address, peer);
    return accepted;
}

int cp_peer(int descriptor, struct cp_address *peer) {
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    int failure = getpeername(descriptor, (struct sockaddr *)&address, &length);
    if (failure == 0) read_address(&address, peer);
    return failure;
}

int cp_bound(int descriptor, struct cp_address *own) {
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    int failure = getsockname(descriptor, (struct sockaddr *)&address, &length);
    if (failure == 0) read_address(&address, own);
    return failure;
}

int cp_has_hung_up(int descriptor) {
    struct pollfd peer = {.fd = descriptor, .events = POLLRDHUP};
    return poll(&peer, 1, 0);
}

int64_t cp_user(int descriptor) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? (int64_t)peer.uid : -1;
}
