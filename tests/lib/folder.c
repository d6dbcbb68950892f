#include "tests/lib/folder.h"

#include "daemon/base/text.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_DESCRIPTORS 8 /* that nftw() may use */

void folder_make(Folder *folder) {
        (void)snprintf(folder->path, sizeof folder->path, "/tmp/mond-test-XXXXXX");
        char *made = mkdtemp(folder->path);
        assert(made);
        (void)made;
        (void)snprintf(folder->database, sizeof folder->database, "%s/mond.db", folder->path);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
        (void)st;
        (void)type;
        (void)at;
        return remove(path);
}

void folder_remove(Folder *folder) {
        (void)chmod(folder->path, 0700);
        (void)nftw(folder->path, remove_one, FOLDER_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

int folder_count(const Folder *folder, const char *prefix, const char *suffix) {
        DIR *dir = opendir(folder->path);
        int n = 0;

        assert(dir);
        for (struct dirent *entry; (entry = readdir(dir));)
                n += text_starts(entry->d_name, prefix) && text_ends(entry->d_name, suffix);
        (void)closedir(dir);
        return n;
}

void folder_must(int r) {
        if (r == 0)
                return;
        (void)fprintf(stderr, "result %d, wanted 0\n", r);
        abort();
}

Store *folder_open(const Folder *folder) {
        Store *store = NULL;
        StoreOpening opening;
        mon_auto_error Error error = {0};

        int r = store_open(folder->database, FOLDER_NOW, &store, &opening, &error);
        if (r != 0)
                (void)fprintf(stderr, "%s\n", error_text(&error));
        folder_must(r);
        assert(!opening.set_aside);
        return store;
}

void folder_put_targets(Store *store, const char *a, const char *b, Nsec at_real) {
        Target one = {.id = (char *)a, .title = {.in = {(char *)"Un", (char *)"One"}}};
        Target two = {.id = (char *)b};
        Target *targets[] = {&one, &two};

        folder_must(store_begin(store));
        folder_must(store_put_targets(store, targets, b ? 2 : 1, at_real));
        folder_must(store_commit(store, true));
}

int64_t folder_put_check(Store *store, const char *target, Nsec at_real, Verdict verdict, Cause cause) {
        mon_cleanup(observation_free_p) Observation *seen = observation_new(at_real, 0);
        int64_t check;

        observation_judge(seen, verdict, cause, NULL);
        folder_must(store_put_check(store, target, seen, at_real + 140 * NSEC_PER_SEC, &check));
        return check;
}
