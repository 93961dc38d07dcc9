#ifndef CPOLLING_H
#define CPOLLING_H
/* Our few calls to epoll and its kin, which the Glibc module of Swift leaves out. Each is one system call and returns
   what that does: below zero for a failure, whose number is in errno. */

#include <stdint.h>

enum { CP_READABLE = 1, CP_WRITABLE = 4, CP_BROKEN = 8, CP_HUNG_UP = 16 };

struct cp_event {
    int descriptor;
    uint32_t events;
};

/* A set of descriptors to wait for. */
int cp_create(void);
int cp_add(int set, int descriptor, uint32_t events);
int cp_change(int set, int descriptor, uint32_t events);
int cp_remove(int set, int descriptor);
/* Waits for so many milliseconds (-1: for ever) and writes at most `room` events, 256 at a time. */
int cp_wait(int set, struct cp_event *events, int room, int milliseconds);

/* A descriptor that becomes readable when it is rung, from any thread. */
int cp_bell(void);
int cp_ring(int bell);
int cp_silence(int bell);

enum { CP_OTHER = 0, CP_V4 = 4, CP_V6 = 6 };

/* An address: `bytes` are four of them for CP_V4, sixteen for CP_V6. */
struct cp_address {
    int kind;
    uint16_t port;
    uint8_t bytes[16];
};

/* Takes the next connection, which never blocks, and says who it is. */
int cp_accept(int listener, struct cp_address *peer);
/* Who is at the other end, and where our end is bound. */
int cp_peer(int descriptor, struct cp_address *peer);
int cp_bound(int descriptor, struct cp_address *own);
/* Whether the other end has closed its side, even if there is more to read; below zero if the kernel does not say. */
int cp_has_hung_up(int descriptor);
/* The user at the other end of a unix socket; -1 if the kernel does not say. */
int64_t cp_user(int descriptor);

#endif
