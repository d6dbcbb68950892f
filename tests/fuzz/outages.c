/* Feeds of outages: whatever the bytes, an answer with its reason, and what is read of it is in order. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/text.h"
#include "probes/outages_feed.h"

#define NOW_AT_REAL (INT64_C(1768870800) * NSEC_PER_SEC)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        const OutagesFields fields = {.items = "", .from = "/a", .until = "/b", .text = "/t"};
        mon_auto_free char *text = mon_strndup((const char *)bytes, n), *why = NULL;
        mon_cleanup(outages_reading_fini) OutagesReading reading = {0};
        Nsec at_real;

        int r = outages_read((const char *)bytes, n, &fields, NOW_AT_REAL, &reading, &why);
        fuzz_holds((r != 0) == (why != NULL));
        if (reading.in_force)
                fuzz_holds(reading.present.from_at_real <= NOW_AT_REAL &&
                           strlen(reading.present.text) <= OUTAGES_TEXT_MAX);
        if (reading.to_come)
                fuzz_holds(reading.next.from_at_real > NOW_AT_REAL &&
                           text_is_utf8(reading.next.text, strlen(reading.next.text)));
        if (outages_read_date(text, n % 2, &at_real))
                fuzz_holds(at_real >= 0);
        mon_auto_free char *mistake = outages_check_pointer(text);
        fuzz_holds(!mistake || *text); /* the whole document may be asked for */
        mon_auto_json *document = json_object();
        fuzz_holds((outages_find(document, text) == document) == (*text != '/'));
        return 0;
}
