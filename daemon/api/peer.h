/* Who is at the other end of a UNIX socket, by the kernel's word. */
#pragma once

#include "daemon/base/error.h"

#include <sys/types.h>

#define PEER_GROUPS_MAX 65536 /* NGROUPS_MAX of the kernel */

typedef struct Peer {
        uid_t uid;
        gid_t gid;
        bool trusted; /* root, our own user, or a member of the group: may change things */
} Peer;

/* `group` is the trusted one, (gid_t)-1: none. Supplementary groups count (SO_PEERGROUPS). */
mon_must_check int peer_read(int fd, gid_t group, Peer *ret_peer);
/* The number of a group; (gid_t)-1 when there is no such group. Reads the system's database: at start only. */
gid_t peer_group(const char *name);
