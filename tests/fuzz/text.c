/* Text from outside: whatever it is, it leaves clean; whatever parses is shown so that it parses to the same. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/text.h"

static void check_cleaning(const char *text, size_t max) {
        size_t len = strlen(text);
        mon_auto_free char *clean = mon_strdup(text), *copy = text_clean_copy(text, max);

        text_clean(clean);
        fuzz_holds(strlen(clean) <= len && text_is_utf8(clean, strlen(clean)));
        fuzz_holds(strlen(copy) <= max && text_is_utf8(copy, strlen(copy)));
        for (const char *c = clean; *c; c++)
                fuzz_holds((unsigned char)*c >= ' ' && *c != 0x7f);
        mon_auto_free char *again = mon_strdup(clean);
        text_clean(again);
        fuzz_holds(text_is(again, clean));
}

static void check_parsing(const char *text) {
        char shown[TEXT_TIME_MAX];
        Nsec value, again = -1;
        int64_t number;

        if (text_parse_time(text, &value) == 0) {
                text_time(value, shown);
                fuzz_holds(value >= 0 && text_parse_time(shown, &again) == 0);
                fuzz_holds(again == value - value % NSEC_PER_MSEC);
        }
        if (text_parse_duration(text, &value) == 0) {
                mon_auto_free char *duration = text_duration(value);
                fuzz_holds(text_parse_duration(duration, &again) == 0 && again == value);
        }
        if (text_parse_size(text, &number) == 0)
                fuzz_holds(number >= 0);
        if (text_parse_int(text, -1000, 1000, &number) == 0)
                fuzz_holds(number >= -1000 && number <= 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static const char *const keys[] = {"interval", "timeout", "confirm", "ip", "http"};
        mon_auto_free char *text = mon_strndup((const char *)bytes, n);

        check_cleaning(text, n > 0 ? bytes[0] % 64 : 0);
        check_parsing(text);
        const char *nearest = text_nearest(text, keys, mon_count_of(keys));
        fuzz_holds(!nearest || strlen(text) <= TEXT_WORD_MAX);
        return 0;
}
