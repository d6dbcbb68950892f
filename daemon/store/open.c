#include "daemon/store/db.h"

#include "daemon/base/text.h"
#include "daemon/store/migrate.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_BYTES 100 /* SQLite's file format, section 1.3 */
#define HEADER_PAGE_SIZE 16
#define HEADER_CHANGES 24
#define HEADER_PAGES 28
#define HEADER_USER_VERSION 60
#define HEADER_APPLICATION_ID 68
#define HEADER_VALID_FOR 92

/* What the file says of itself, read without SQLite: opening a stranger's database could already change it. */
typedef enum FileKind {
        FILE_MISSING,
        FILE_EMPTY,
        FILE_STRANGE,
        FILE_NEWER,
        FILE_OURS,
        FILE_BROKEN, /* ours, and its header says that it cannot be whole */
} FileKind;

static uint32_t big_endian(const uint8_t *bytes) {
        return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static char *beside(const char *path, const char *suffix) {
        return mon_printf("%s%s", path, suffix);
}

static bool has_file(const char *path, const char *suffix) {
        mon_auto_free char *name = beside(path, suffix);
        struct stat st;
        return stat(name, &st) == 0 && st.st_size > 0;
}

static FileKind judge_header(const char *path, const uint8_t header[static HEADER_BYTES], off_t size) {
        static const char magic[16] = "SQLite format 3";
        uint32_t page = (uint32_t)header[HEADER_PAGE_SIZE] << 8 | header[HEADER_PAGE_SIZE + 1];

        if (big_endian(header + HEADER_APPLICATION_ID) != STORE_APPLICATION_ID)
                return FILE_STRANGE;
        if (memcmp(header, magic, sizeof magic) != 0)
                return FILE_BROKEN;
        if (big_endian(header + HEADER_USER_VERSION) > (uint32_t)store_n_migrations)
                return FILE_NEWER;
        if (page == 1)
                page = 65536;
        /* Without a -wal the file holds every page that its header counts. */
        if (big_endian(header + HEADER_CHANGES) == big_endian(header + HEADER_VALID_FOR) && !has_file(path, "-wal") &&
            (off_t)big_endian(header + HEADER_PAGES) * page > size)
                return FILE_BROKEN;
        return FILE_OURS;
}

static int look_at_file(const char *path, FileKind *ret_kind, Error *error) {
        uint8_t header[HEADER_BYTES];
        struct stat st;

        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0 && errno == ENOENT) {
                *ret_kind = FILE_MISSING;
                return 0;
        }
        int r = fd < 0 || fstat(fd, &st) < 0 ? mon_errno() : 0;
        if (r == 0 && !S_ISREG(st.st_mode))
                r = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
        ssize_t n = r == 0 ? pread(fd, header, sizeof header, 0) : 0;
        if (n < 0)
                r = mon_errno();
        if (fd >= 0)
                (void)close(fd);
        if (r < 0) {
                error_set(error, "%s: %s", path, mon_strerror(r));
                return r;
        }
        *ret_kind = n == 0                       ? FILE_EMPTY
                    : n < (ssize_t)sizeof header ? FILE_STRANGE
                                                 : judge_header(path, header, st.st_size);
        return 0;
}

static int rename_beside(const char *path, const char *suffix, const char *to) {
        mon_auto_free char *from_name = beside(path, suffix);
        mon_auto_free char *to_name = beside(to, suffix);

        return rename(from_name, to_name) < 0 && errno != ENOENT ? mon_errno() : 0;
}

/* "2026-08-30T09:00:00.000Z" as "20260830T090000Z", and a number when that name is taken. */
static int choose_name(const char *path, Nsec now_at_real, char **ret_name) {
        char time[TEXT_TIME_MAX], stamp[TEXT_TIME_MAX];
        size_t n = 0;

        text_time(now_at_real, time);
        for (const char *at = time; *at && *at != '.'; at++)
                if (*at != '-' && *at != ':')
                        stamp[n++] = *at;
        stamp[n] = '\0';
        for (int i = 1; i <= STORE_SET_ASIDE_MAX; i++) {
                mon_auto_free char *name = i == 1 ? mon_printf("%s.corrupt-%sZ", path, stamp)
                                                  : mon_printf("%s.corrupt-%sZ-%d", path, stamp, i);
                if (access(name, F_OK) < 0 && errno == ENOENT) {
                        *ret_name = mon_steal(&name);
                        return 0;
                }
        }
        return -EEXIST;
}

int store_set_aside(const char *path, Nsec now_at_real, char **ret_moved_to, Error *error) {
        mon_auto_free char *name = NULL;
        static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};

        int r = choose_name(path, now_at_real, &name);
        for (size_t i = 0; i < mon_count_of(suffixes) && r == 0; i++)
                r = rename_beside(path, suffixes[i], name);
        if (r < 0) {
                error_set(error, "%s: cannot be set aside: %s", path, mon_strerror(r));
                return r;
        }
        *ret_moved_to = mon_steal(&name);
        return 0;
}

static int connect_to(const char *path, int flags, const char *vfs, sqlite3 **ret_db) {
        sqlite3 *db = NULL;

        int rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
        if (rc != SQLITE_OK) {
                int r = store_result(db, rc);
                (void)sqlite3_close(db);
                return r;
        }
        *ret_db = db;
        return 0;
}

static int exec(sqlite3 *db, const char *sql) {
        int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
        return rc == SQLITE_OK ? 0 : store_result(db, rc);
}

static int set_up(sqlite3 *db) {
        mon_auto_free char *sql =
                mon_printf("PRAGMA cache_size = -%d; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
                           "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = %d;"
                           "PRAGMA journal_size_limit = %d;",
                           STORE_CACHE_KIB, STORE_WAL_PAGES, STORE_WAL_KEPT_MAX);
        return exec(db, sql);
}

/* Reads both ends of every table: a few pages whatever the size, and enough to notice most of what breaks a file. */
static int touch_tables(sqlite3 *db) {
        sqlite3_stmt *names = NULL;
        static const char sql[] =
                "SELECT printf('SELECT (SELECT min(rowid) FROM \"%w\"), (SELECT max(rowid) FROM \"%w\")', name, name)"
                " FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";

        int rc = sqlite3_prepare_v2(db, sql, -1, &names, NULL);
        while (rc == SQLITE_OK && (rc = sqlite3_step(names)) == SQLITE_ROW)
                rc = sqlite3_exec(db, (const char *)sqlite3_column_text(names, 0), NULL, NULL, NULL);
        (void)sqlite3_finalize(names);
        return rc == SQLITE_DONE ? 0 : store_result(db, rc);
}

/* The schema is made in the rollback journal's mode: there the header, with its application_id, is in the file itself
 * from the first commit on, so a crash at any moment leaves a file that is known as ours. */
static int begin_fresh(sqlite3 *db) {
        mon_auto_free char *sql =
                mon_printf("PRAGMA page_size = 4096; PRAGMA application_id = %d;", STORE_APPLICATION_ID);
        return exec(db, sql);
}

static int migrate(sqlite3 *db) {
        int version;

        int rc = migrate_version(db, &version);
        if (rc != SQLITE_OK)
                return store_result(db, rc);
        if (version > store_n_migrations)
                return STORE_E_NEWER;
        rc = migrate_run(db, store_migrations, store_n_migrations);
        return rc == SQLITE_OK ? 0 : store_result(db, rc);
}

static int open_for_writing(const char *path, bool fresh, Store **ret_store) {
        sqlite3 *db = NULL;

        /* SQLite would open it for reading instead, and fail later with another error. */
        int r = access(path, R_OK | W_OK) < 0 ? mon_errno() : connect_to(path, SQLITE_OPEN_READWRITE, NULL, &db);
        if (r < 0)
                return r;
        mon_cleanup(store_close_p) Store *store = store_new(db, path, true);
        /* Until all is known to be well, closing must change nothing. */
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        r = store_note_place(store);
        if (r == 0)
                r = set_up(db);
        if (r == 0 && fresh)
                r = begin_fresh(db);
        if (r == 0)
                r = migrate(db);
        if (r == 0)
                r = exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
        if (r == 0)
                r = touch_tables(db);
        if (r != 0)
                return r;
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
        *ret_store = mon_steal(&store);
        return 0;
}

static int create_file(const char *path) {
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0)
                return mon_errno();
        (void)close(fd);
        return 0;
}

/* A -wal without its database is what a crash left while setting aside; SQLite would throw it away. */
static int create(const char *path, Nsec now_at_real, StoreOpening *opening, Store **ret_store, Error *error) {
        int r = 0;

        if (!opening->set_aside && has_file(path, "-wal"))
                r = store_set_aside(path, now_at_real, &opening->set_aside, error);
        if (r == 0)
                r = create_file(path);
        if (r == 0)
                r = open_for_writing(path, true, ret_store);
        opening->created = r == 0;
        return r;
}

static int open_kind(const char *path, FileKind kind, Nsec now_at_real, StoreOpening *opening, Store **ret_store,
                     Error *error) {
        int r;

        switch (kind) {
        case FILE_MISSING:
                return create(path, now_at_real, opening, ret_store, error);
        case FILE_STRANGE:
                return STORE_E_FOREIGN;
        case FILE_NEWER:
                return STORE_E_NEWER;
        case FILE_BROKEN:
                r = -EUCLEAN;
                break;
        default:
                opening->created = kind == FILE_EMPTY;
                r = open_for_writing(path, kind == FILE_EMPTY, ret_store);
                break;
        }
        if (r != -EUCLEAN)
                return r;
        r = store_set_aside(path, now_at_real, &opening->set_aside, error);
        return r < 0 ? r : create(path, now_at_real, opening, ret_store, error);
}

static void explain(const char *path, int r, Error *error) {
        if (r == STORE_E_FOREIGN)
                error_set(error, "%s: not a database of mond", path);
        else if (r == STORE_E_NEWER)
                error_set(error, "%s: made by a newer mond (this one knows version %d of the schema)", path,
                          store_n_migrations);
        else if (r == STORE_E_OLDER)
                error_set(error, "%s: made by an older mond; start the daemon once on it", path);
        else if (r < 0)
                error_set(error, "%s: %s", path, mon_strerror(r));
}

int store_open(const char *path, Nsec now_at_real, Store **ret_store, StoreOpening *ret_opening, Error *error) {
        StoreOpening opening = {0};
        FileKind kind = FILE_MISSING;

        int r = look_at_file(path, &kind, error);
        if (r == 0)
                r = open_kind(path, kind, now_at_real, &opening, ret_store, error);
        if (r != 0) {
                explain(path, r, error);
                free(opening.set_aside);
                return r;
        }
        *ret_opening = opening;
        return 0;
}

/* --- read-only ------------------------------------------------------------------------------------------------- */

/* Here the file is read through SQLite alone: closing a descriptor of one's own on it would drop the locks that this
 * process holds through another connection (fcntl(2)). */
static int check_readable(sqlite3 *db) {
        sqlite3_stmt *statement = NULL;
        int version;

        int rc = sqlite3_prepare_v2(db, "PRAGMA application_id", -1, &statement, NULL);
        if (rc == SQLITE_OK)
                rc = sqlite3_step(statement);
        int id = rc == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
        (void)sqlite3_finalize(statement);
        if (rc == SQLITE_ROW)
                rc = id == STORE_APPLICATION_ID ? migrate_version(db, &version) : SQLITE_NOTADB;
        if (rc == SQLITE_NOTADB)
                return STORE_E_FOREIGN;
        if (rc != SQLITE_OK)
                return store_result(db, rc);
        if (version != store_n_migrations)
                return version > store_n_migrations ? STORE_E_NEWER : STORE_E_OLDER;
        rc = sqlite3_exec(db, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL);
        return rc == SQLITE_OK ? 0 : store_result(db, rc);
}

static int try_read_only(const char *name, const char *path, int flags, const char *vfs, const char *first,
                         Store **ret_store) {
        sqlite3 *db = NULL;

        int r = connect_to(name, SQLITE_OPEN_READONLY | flags, vfs, &db);
        if (r < 0)
                return r;
        mon_cleanup(store_close_p) Store *store = store_new(db, path, false);
        r = first ? exec(db, first) : 0;
        if (r == 0)
                r = check_readable(db);
        if (r == 0)
                r = set_up(db);
        if (r != 0)
                return r;
        *ret_store = mon_steal(&store);
        return 0;
}

/* file:/a%20path?immutable=1 */
static char *immutable_uri(const char *path) {
        mon_auto_buf Buf uri = BUF_INIT(3 * strlen(path) + 32);
        int r = buf_append_text(&uri, "file:");

        for (const char *at = path; *at && r == 0; at++)
                r = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
                                    strchr("/._-", *at)
                            ? buf_append(&uri, at, 1)
                            : buf_printf(&uri, "%%%02X", (unsigned char)*at);
        if (r == 0)
                r = buf_append_text(&uri, "?immutable=1");
        return r == 0 ? buf_steal(&uri) : mon_strdup(path);
}

/* SQLite reads a database in WAL mode only with a -shm that exists or can be made. Where it cannot be made nobody
 * writes either: without a -wal the file is whole and may be read as it stands; with one it is read with the index of
 * the -wal in our own memory (exclusive mode), and without locks, since a lock would need a writable file. */
static int open_where_nothing_can_be_made(const char *path, Store **ret_store) {
        if (has_file(path, "-wal"))
                return try_read_only(path, path, 0, "unix-none", "PRAGMA locking_mode = EXCLUSIVE", ret_store);
        mon_auto_free char *absolute = realpath(path, NULL);
        mon_auto_free char *uri = immutable_uri(absolute ? absolute : path);
        return try_read_only(uri, path, SQLITE_OPEN_URI, NULL, NULL, ret_store);
}

/* Opening a pipe waits for whoever writes to it. */
static int check_kind(const char *path) {
        struct stat st;

        if (stat(path, &st) < 0 || access(path, R_OK) < 0)
                return mon_errno();
        return S_ISREG(st.st_mode) ? 0 : S_ISDIR(st.st_mode) ? -EISDIR : STORE_E_FOREIGN;
}

int store_open_read_only(const char *path, Store **ret_store, Error *error) {
        int r = check_kind(path);

        if (r == 0) {
                r = try_read_only(path, path, 0, NULL, NULL, ret_store);
                if (r < 0 && r != -EBUSY && r != -EUCLEAN) {
                        int again = open_where_nothing_can_be_made(path, ret_store);
                        r = again >= 0 ? again : r;
                }
        }
        explain(path, r, error);
        return r;
}
