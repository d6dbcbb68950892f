#include "daemon/api/peer.h"

#include <grp.h>
#include <sys/socket.h>
#include <unistd.h>

static int is_in_group(int fd, gid_t group, bool *ret_member) {
        socklen_t size = 0;

        if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0) {
                *ret_member = false;
                return 0;
        }
        if (errno != ERANGE || size > PEER_GROUPS_MAX * sizeof(gid_t))
                return mon_errno();
        mon_auto_free gid_t *groups = mon_calloc(1, size);
        if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
                return mon_errno();
        bool member = false;
        for (size_t i = 0; i < size / sizeof(gid_t); i++)
                member = member || groups[i] == group;
        *ret_member = member;
        return 0;
}

int peer_read(int fd, gid_t group, Peer *ret_peer) {
        struct ucred credentials;
        socklen_t size = sizeof credentials;

        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
                return mon_errno();
        Peer peer = {.uid = credentials.uid, .gid = credentials.gid};
        peer.trusted = peer.uid == 0 || peer.uid == geteuid();
        if (!peer.trusted && group != (gid_t)-1) {
                peer.trusted = peer.gid == group;
                if (!peer.trusted) {
                        int r = is_in_group(fd, group, &peer.trusted);
                        if (r < 0)
                                return r;
                }
        }
        *ret_peer = peer;
        return 0;
}

gid_t peer_group(const char *name) {
        /* The library's own buffer grows with the group's members; there is one thread that asks. */
        const struct group *found = getgrnam(name);

        return found ? found->gr_gid : (gid_t)-1;
}
