/* Runs a fuzz target over the files of its corpus: an ordinary test, which needs no fuzzer. */
#include "tests/fuzz/fuzz.h"

#include "config/file.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

static int is_file(const struct dirent *entry) {
        return entry->d_name[0] != '.';
}

static bool replay(const char *path) {
        mon_auto_buf Buf bytes = BUF_INIT(FUZZ_INPUT_MAX);

        if (file_read(path, &bytes) != 0) {
                (void)fprintf(stderr, "%s cannot be read\n", path);
                return false;
        }
        (void)printf("%s\n", path); /* before: if it aborts, the last line says where */
        (void)fflush(stdout);
        /* A block of its own size, so that the sanitizer sees each byte read past its end. */
        mon_auto_free uint8_t *exact = mon_calloc(bytes.len, 1);
        if (bytes.len > 0)
                memcpy(exact, bytes.data, bytes.len);
        return LLVMFuzzerTestOneInput(exact, bytes.len) == 0;
}

int main(int argc, char **argv) {
        size_t n_replayed = 0;
        bool good = true;

        for (int i = 1; i < argc; i++) {
                struct dirent **entries = NULL;
                int n = scandir(argv[i], &entries, is_file, alphasort);
                for (int k = 0; k < n; k++) {
                        mon_auto_free char *path = mon_printf("%s/%s", argv[i], entries[k]->d_name);
                        good &= replay(path);
                        n_replayed++;
                        free(entries[k]);
                }
                free(entries);
        }
        return good && n_replayed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
