/* Any file is refused with places in it, or loads; and what loads is printed so that it loads to the same. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/text.h"
#include "tests/lib/config_fixture.h"
#include "tests/lib/fake_notifier.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define FUZZ_PATH_MAX 32

static Config *load(const char *bytes, size_t n, ConfigMistakes *ret_mistakes) {
        char path[FUZZ_PATH_MAX];
        Config *config = NULL;

        int fd = memfd_create("mond.yaml", MFD_CLOEXEC);
        fuzz_holds(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int r = config_load(path, config_fixture_drivers, fake_notifiers, &config, ret_mistakes);
        (void)close(fd);
        fuzz_holds((r == 0) == (config != NULL) && (r == 0) == (ret_mistakes->n_errors == 0));
        return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        mon_cleanup(config_mistakes_fini) ConfigMistakes mistakes = {0}, warnings = {0};
        mon_cleanup(config_free_p) Config *config = load((const char *)bytes, n, &mistakes);
        mon_auto_free char *told = config_mistakes_text(&mistakes);

        fuzz_holds(text_is_utf8(told, strlen(told)));
        for (size_t i = 0; i < mistakes.n; i++)
                fuzz_holds(mistakes.items[i].line >= 1 && mistakes.items[i].column >= 1);
        if (!config)
                return 0;
        mon_auto_free char *printed = config_print(config);
        mon_cleanup(config_free_p) Config *again = load(printed, strlen(printed), &warnings);
        fuzz_holds(again);
        mon_auto_free char *printed_again = config_print(again);
        fuzz_holds(text_is(printed, printed_again) && config->hash == again->hash);
        return 0;
}
