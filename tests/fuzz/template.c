/* Any text is a template, or has a mistake with a place in it; and one that was taken writes what its kind promises. */
#include "tests/fuzz/fuzz.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"
#include "daemon/notify/driver.h"
#include "daemon/notify/template.h"

static void on_mistake(void *userdata, int line, int column, const char *text) {
        unsigned *told = userdata;

        (*told)++;
        fuzz_holds(line >= 5 && column >= 3 && text_is_utf8(text, strlen(text)));
}

static void check_written(const Template *template, TemplateEscape escape) {
        static const char *const words[] = {"l'\"essai\" \\ </b> \xc3\xa9", ""};
        mon_auto_buf Buf body = BUF_INIT(NOTIFIER_BODY_MAX);

        for (size_t i = 0; i < mon_count_of(words); i++) {
                mon_auto_json *document = json_object();
                json_set(document, "id", json_text(words[i]));
                json_set(document, "type", json_text(words[i]));
                json_set(document, "text", json_null());
                buf_clear(&body);
                int r = template_write(template, document, &body);
                fuzz_holds(r == 0 || r == -EMSGSIZE);
                if (r != 0 || escape != TEMPLATE_JSON)
                        continue;
                mon_auto_json *read = json_loadb(buf_text(&body), body.len, JSON_DECODE_ANY, NULL);
                fuzz_holds(read);
        }
}

/* The first byte says which kind. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
        TemplateEscape escape = n > 0 ? (TemplateEscape)(bytes[0] % (TEMPLATE_PLAIN + 1)) : TEMPLATE_JSON;
        mon_auto_free char *text = n > 0 ? mon_strndup((const char *)bytes + 1, n - 1) : mon_strdup("");
        unsigned told = 0;

        for (char *at = text; *at; at++)
                if ((unsigned char)*at < 0x20 && *at != '\n')
                        *at = ' ';
        if (!text_is_utf8(text, strlen(text)) || strlen(text) > 16384)
                return 0; /* the row refuses these before */
        const TextPlace place = {text, 5, 3};
        mon_cleanup(template_free_p) Template *template =
                template_compile(&place, escape, LANGUAGE_FR, on_mistake, &told);
        fuzz_holds((template == NULL) == (told > 0));
        if (template)
                check_written(template, escape);
        return 0;
}
