/* Dates and hours, at several times of the year. */
#include "tests/fuzz/fuzz.h"
#include "probes/page/announce.h"
#include "probes/page/fold.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        static const int64_t seconds[] = {0, 1580992720, 1780992720, 1798675200, 4102444800};
        mon_auto_free char *text = mon_strndup((const char *)bytes, n);
        mon_auto_buf Buf folded = BUF_INIT(1 << 20);
        AnnounceSpan span;

        (void)!fold_text(text, strlen(text), &folded);
        for (size_t i = 0; i < mon_count_of(seconds); i++)
                if (announce_read(buf_text(&folded), seconds[i] * NSEC_PER_SEC, &span))
                        fuzz_holds(span.from_at_real != NSEC_UNKNOWN || span.until_at_real != NSEC_UNKNOWN);
        return 0;
}
