#include "daemon/sys/journal.h"

#include "daemon/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Fixture {
        char folder[64];
        char path[96];
        int journald; /* the other end */
        Clock *clock;
        Loop *loop;
        Journal *journal;
} Fixture;

static int journald_open(const char *path) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        assert_true(fd >= 0);
        (void)unlink(path);
        assert_return_code(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
        return fd;
}

static int setup(void **state) {
        Fixture *fixture = mon_new(Fixture);
        (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/mond-journal-XXXXXX");
        assert_non_null(mkdtemp(fixture->folder));
        (void)snprintf(fixture->path, sizeof fixture->path, "%s/socket", fixture->folder);
        fixture->journald = journald_open(fixture->path);
        fixture->clock = clock_new_simulated(0, 0, 1);
        assert_int_equal(loop_new(fixture->clock, &fixture->loop), 0);
        assert_int_equal(journal_new(fixture->loop, fixture->path, &fixture->journal), 0);
        log_set_sink(journal_sink, fixture->journal);
        *state = fixture;
        return 0;
}

static int teardown(void **state) {
        Fixture *fixture = *state;
        log_set_sink(NULL, NULL);
        journal_free(fixture->journal);
        loop_free(fixture->loop);
        clock_free(fixture->clock);
        (void)close(fixture->journald);
        (void)unlink(fixture->path);
        (void)rmdir(fixture->folder);
        free(fixture);
        return 0;
}

/* The next entry; false when none waits. */
static bool take(Fixture *fixture, char *entry, size_t size) {
        ssize_t n = recv(fixture->journald, entry, size - 1, 0);
        entry[n > 0 ? n : 0] = '\0';
        return n > 0;
}

static void test_sends_fields(void **state) {
        char entry[8192];
        const LogField fields[] = {
                {"MESSAGE_ID", "4df873a59952e3ea59fadf464134a7ef"}, {"MOND_TARGET", "accueil"}, {"MOND_CAUSE", NULL}};

        log_fields(LOG_LEVEL_NOTICE, fields, 3, "accueil is in %s", "maintenance");
        assert_true(take(*state, entry, sizeof entry));
        assert_string_equal(entry, "PRIORITY=5\nSYSLOG_IDENTIFIER=mond\nMESSAGE=accueil is in maintenance\n"
                                   "MESSAGE_ID=4df873a59952e3ea59fadf464134a7ef\nMOND_TARGET=accueil\n");
}

static void test_a_value_cannot_make_a_field(void **state) {
        char entry[8192];
        char longer[4 * JOURNAL_VALUE_MAX];
        const LogField hostile[] = {{"MOND_BANNER", "closed\nPRIORITY=0\x1b[31m"}};
        const LogField large[] = {{"MOND_BANNER", longer}};

        log_fields(LOG_LEVEL_INFO, hostile, 1, "a\nPRIORITY=0");
        assert_true(take(*state, entry, sizeof entry));
        assert_null(strstr(entry, "\nPRIORITY=0"));
        assert_null(strchr(entry, 0x1b));
        memset(longer, 'y', sizeof longer - 1);
        longer[sizeof longer - 1] = '\0';
        log_fields(LOG_LEVEL_INFO, large, 1, "large");
        assert_true(take(*state, entry, sizeof entry));
        assert_true(strlen(entry) < JOURNAL_VALUE_MAX + 200);
}

/* Every part at its bound, which is ENTRY_MAX of journal.c. */
static void test_the_largest_entry_fits(void **state) {
        char entry[65536];
        char value[2 * JOURNAL_VALUE_MAX];
        char name[JOURNAL_NAME_MAX + 1];
        char message[2 * LOG_MESSAGE_MAX];
        LogField fields[LOG_FIELDS_MAX];

        memset(value, 'v', sizeof value - 1);
        value[sizeof value - 1] = '\0';
        memset(name, 'N', JOURNAL_NAME_MAX);
        name[JOURNAL_NAME_MAX] = '\0';
        memset(message, 'm', sizeof message - 1);
        message[sizeof message - 1] = '\0';
        for (size_t i = 0; i < LOG_FIELDS_MAX; i++)
                fields[i] = (LogField){name, value};
        log_fields(LOG_LEVEL_INFO, fields, LOG_FIELDS_MAX, "%s", message);
        assert_true(take(*state, entry, sizeof entry));
        assert_int_equal(journal_dropped(((Fixture *)*state)->journal), 0);
}

/* journald does not read: nothing waits, what is over the bound is dropped, and later both order and count are told. */
static void test_a_silent_journald_blocks_nothing(void **state) {
        Fixture *fixture = *state;
        char entry[8192];
        char last[64] = "";
        uint64_t sent = 0;
        uint64_t read_back = 0;

        while (journal_dropped(fixture->journal) < 3) {
                log_info("message %llu", (unsigned long long)sent++);
                assert_true(sent < 100000);
        }
        assert_true(sent >= JOURNAL_QUEUE_MAX + 3);
        for (int turn = 0; turn < 100; turn++) {
                while (take(fixture, entry, sizeof entry)) {
                        if (strstr(entry, "did not take")) {
                                (void)snprintf(last, sizeof last, "told");
                                assert_non_null(strstr(entry, "did not take 3 messages"));
                                continue;
                        }
                        char expected[64];
                        (void)snprintf(expected, sizeof expected, "MESSAGE=message %llu\n",
                                       (unsigned long long)read_back++);
                        assert_non_null(strstr(entry, expected));
                }
                assert_int_equal(loop_settle(fixture->loop), 0);
        }
        assert_int_equal(read_back, sent - 3);
        assert_string_equal(last, "told");
        log_info("after");
        assert_true(take(fixture, entry, sizeof entry));
        assert_non_null(strstr(entry, "MESSAGE=after\n"));
}

static void test_what_waits_is_sent_at_the_end(void **state) {
        Fixture *fixture = *state;
        char entry[8192];
        unsigned sent = 0;
        unsigned read_back = 0;

        for (; sent < JOURNAL_QUEUE_MAX / 2; sent++)
                log_info("message %u", sent);
        for (; take(fixture, entry, sizeof entry); read_back++)
                ;
        assert_true(read_back < sent); /* the socket took some, the rest waits with us */
        log_set_sink(NULL, NULL);
        journal_free(mon_steal(&fixture->journal));
        for (; take(fixture, entry, sizeof entry); read_back++)
                ;
        assert_true(read_back > 0);
}

static void test_journald_restarts(void **state) {
        Fixture *fixture = *state;
        char entry[8192];

        (void)close(fixture->journald);
        log_info("nobody hears this");
        assert_int_equal(journal_dropped(fixture->journal), 1);
        fixture->journald = journald_open(fixture->path);
        log_info("heard");
        assert_true(take(fixture, entry, sizeof entry));
        /* The loss is told as soon as somebody listens. */
        bool told = strstr(entry, "did not take 1 messages") != NULL;
        assert_true(take(fixture, entry, sizeof entry));
        assert_true(told || strstr(entry, "did not take 1 messages"));
}

static void test_nobody_there(void **state) {
        Fixture *fixture = *state;
        char path[200];
        Journal *journal = NULL;

        (void)snprintf(path, sizeof path, "%s/none", fixture->folder);
        assert_int_equal(journal_new(fixture->loop, path, &journal), -ENOENT);
        memset(path, 'p', sizeof path - 1);
        path[sizeof path - 1] = '\0';
        assert_int_equal(journal_new(fixture->loop, path, &journal), -ENAMETOOLONG);
        assert_null(journal);
}

static void test_stderr_is_the_journal(void **state) {
        (void)state;
        struct stat st;
        char stream[64];

        assert_return_code(unsetenv("JOURNAL_STREAM"), 0);
        assert_false(journal_is_stderr());
        assert_return_code(fstat(STDERR_FILENO, &st), 0);
        (void)snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
                       (unsigned long long)st.st_ino);
        assert_return_code(setenv("JOURNAL_STREAM", stream, 1), 0);
        assert_true(journal_is_stderr());
        assert_return_code(setenv("JOURNAL_STREAM", "0:0", 1), 0);
        assert_false(journal_is_stderr());
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_sends_fields, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_value_cannot_make_a_field, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_largest_entry_fits, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_silent_journald_blocks_nothing, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_waits_is_sent_at_the_end, setup, teardown),
                cmocka_unit_test_setup_teardown(test_journald_restarts, setup, teardown),
                cmocka_unit_test_setup_teardown(test_nobody_there, setup, teardown),
                cmocka_unit_test(test_stderr_is_the_journal),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
