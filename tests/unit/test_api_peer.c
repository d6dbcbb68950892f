/* Who asks, by the kernel's word. What needs other users needs root. */
#include "daemon/api/peer.h"

#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/alloc.h"

#define STRANGER 65534
#define GROUP 4242

/* A peer of that user with `n` groups beside its own, the last of them `last`. */
static Peer peer_with(size_t n, gid_t last) {
        mon_auto_free gid_t *groups = mon_new_array(gid_t, n);
        int ends[2];
        Peer peer;

        for (size_t i = 0; i < n; i++)
                groups[i] = 100000 + (gid_t)i;
        if (n > 0)
                groups[n - 1] = last;
        assert_int_equal(setgroups(n, groups), 0);
        assert_int_equal(setegid(STRANGER), 0);
        assert_int_equal(seteuid(STRANGER), 0);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(setegid(0), 0);
        assert_int_equal(setgroups(0, NULL), 0);
        assert_int_equal(peer_read(ends[0], GROUP, &peer), 0);
        close(ends[0]);
        close(ends[1]);
        return peer;
}

static void test_a_member_is_known_by_any_of_its_groups(void **state) {
        (void)state;
        if (geteuid() != 0)
                skip();
        assert_false(peer_with(0, 0).trusted);
        assert_false(peer_with(3, GROUP + 1).trusted);
        assert_true(peer_with(3, GROUP).trusted);
        assert_true(peer_with(PEER_GROUPS_MAX, GROUP).trusted);
        assert_int_equal(peer_with(1, GROUP).uid, STRANGER);
}

static void test_oneself_is_known(void **state) {
        int ends[2];
        Peer peer;

        (void)state;
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        assert_int_equal(peer_read(ends[0], (gid_t)-1, &peer), 0);
        assert_true(peer.trusted);
        close(ends[0]);
        close(ends[1]);
        assert_true(peer_read(ends[0], (gid_t)-1, &peer) < 0);
}

static void test_groups_have_names(void **state) {
        (void)state;
        assert_int_equal(peer_group("root"), 0);
        assert_int_equal(peer_group("no-such-group-here"), (gid_t)-1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_member_is_known_by_any_of_its_groups),
                cmocka_unit_test(test_oneself_is_known),
                cmocka_unit_test(test_groups_have_names),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
