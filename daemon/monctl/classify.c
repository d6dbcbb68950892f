#include "config/lexicon.h"
#include "daemon/base/text.h"
#include "daemon/monctl/client.h"
#include "daemon/monctl/options.h"
#include "daemon/monctl/show.h"
#include "probes/page/page.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static void close_fd(int *fd) {
        if (*fd > STDIN_FILENO)
                (void)close(*fd);
}

/* One byte more than a page may have, so that the judgement sees that it is too large. */
static int read_page(const Monctl *ctl, const char *name, Buf *page) {
        mon_cleanup(close_fd) int fd = text_is(name, "-") ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
        mon_auto_free char *piece = mon_calloc(1U << 16, 1);
        ssize_t n = 0;

        if (fd < 0)
                return tell_phrase(ctl, EXIT_DATA, PHRASE_CANNOT_READ, name, mon_strerror(mon_errno()));
        while ((n = read(fd, piece, 1U << 16)) > 0) {
                size_t room = page->max - page->len;
                if (buf_append(page, piece, (size_t)n < room ? (size_t)n : room) != 0 || room <= (size_t)n)
                        return EXIT_DONE;
        }
        return n < 0 ? tell_phrase(ctl, EXIT_DATA, PHRASE_CANNOT_READ, name, mon_strerror(mon_errno())) : EXIT_DONE;
}

/* "Name: value" in place. */
static int read_headers(const Monctl *ctl, PageHeader *headers, size_t *ret_n) {
        size_t n = 0;

        list_each (char, header, &ctl->options.headers) {
                char *colon = strchr(header, ':');
                if (!colon || colon == header || n == CLASSIFY_HEADERS_MAX)
                        return tell(ctl, EXIT_USAGE, say(ctl, PHRASE_BAD_HEADER));
                *colon = '\0';
                headers[n++] = (PageHeader){header, colon + 1 + strspn(colon + 1, " \t")};
        }
        *ret_n = n;
        return EXIT_DONE;
}

/* --at, else a Date header, else now. */
static Nsec date_of(const Monctl *ctl, const PageHeader *headers, size_t n) {
        Nsec at;

        if (ctl->options.at && options_time(ctl, ctl->options.at, &at))
                return at;
        for (size_t i = 0; i < n; i++)
                if (strcasecmp(headers[i].name, "Date") == 0 && client_parse_date(headers[i].value, &at))
                        return at;
        return now_at_real(ctl);
}

static json_t *announced_of(const Announcement *announcement) {
        if (!announcement->text)
                return json_null();
        json_t *document = json_object();
        json_set(document, "text", json_text(announcement->text));
        json_set(document, "from", json_time(announcement->from_at_real));
        json_set(document, "until", json_time(announcement->until_at_real));
        return document;
}

static json_t *explain_of(const Judgement *judgement) {
        json_t *list = json_array();

        for (size_t i = 0; i < judgement->n_explain; i++) {
                const PageExplain *explain = &judgement->explain[i];
                json_t *row = json_object();
                json_set(row, "rule", json_text(explain->rule));
                json_set(row, "place", json_text(explain->place));
                json_set(row, "text", json_text(explain->text));
                json_set(row, "decided", json_yes(explain->decided));
                json_add(list, row);
        }
        return list;
}

static json_t *document_of(const Judgement *judgement) {
        json_t *document = json_object();
        char hex[SHA256_HEX_MAX];

        json_set(document, "verdict", json_text(verdict_name(judgement->verdict)));
        json_set(document, "cause", json_text(cause_name(judgement->cause)));
        json_set(document, "rule", json_text(judgement->rule));
        json_set(document, "excerpt", json_text(judgement->excerpt));
        json_set(document, "detail", json_text(judgement->detail));
        json_set(document, "title", json_text(judgement->title));
        json_set(document, "language",
                 json_text(judgement->language && *judgement->language ? judgement->language : NULL));
        json_set(document, "announced", announced_of(&judgement->announced));
        if (judgement->has_text)
                sha256_hex(&judgement->text_sha256, hex);
        json_set(document, "text_sha256", json_text(judgement->has_text ? hex : NULL));
        json_set(document, "explain", explain_of(judgement));
        return document;
}

static void print_fact(const Monctl *ctl, Phrase name, const char *text) {
        mon_auto_free char *clean = text_clean_copy(text, TABLE_CELL_MAX);

        if (clean && *clean)
                (void)printf("  %s: %s\n", say(ctl, name), clean);
}

static void show(const Monctl *ctl, const json_t *document) {
        const char *verdict = json_get_text(document, "verdict", "unknown");
        mon_auto_free char *state = show_state(ctl, verdict);
        const json_t *explain = json_object_get(document, "explain");
        size_t i;
        json_t *row;

        (void)printf("%s%s%s (%s)\n", table_color(show_color(verdict), ctl->color), state,
                     table_reset(show_color(verdict), ctl->color),
                     cause_words(ctl, json_get_text(document, "cause", "")));
        print_fact(ctl, PHRASE_CLASSIFY_TITLE, json_get_text(document, "title", NULL));
        print_fact(ctl, PHRASE_CLASSIFY_EXCERPT, json_get_text(document, "excerpt", NULL));
        print_fact(ctl, PHRASE_CLASSIFY_RULE, json_get_text(document, "rule", NULL));
        print_fact(ctl, PHRASE_CLASSIFY_ANNOUNCED, json_get_text(json_object_get(document, "announced"), "text", NULL));
        if (json_array_size(explain) == 0)
                return;
        (void)printf("\n%s\n", say(ctl, PHRASE_CLASSIFY_EXPLAIN));
        json_array_foreach (explain, i, row) {
                const char *place = json_get_text(row, "place", "");
                mon_auto_free char *line =
                        mon_printf("%s%s%s%s: %s", json_get_text(row, "rule", "?"), *place ? " [" : "", place,
                                   *place ? "]" : "", json_get_text(row, "text", ""));
                mon_auto_free char *clean = text_clean_copy(line, TABLE_CELL_MAX);
                mon_auto_free char *cut = table_cut(clean, ctl->width - 4);
                (void)printf("  %s %s\n", json_get_bool(row, "decided", false) ? ">" : " ", cut);
        }
}

int cmd_classify(Monctl *ctl) {
        mon_auto_free PageHeader *headers = mon_new_array(PageHeader, CLASSIFY_HEADERS_MAX);
        mon_auto_buf Buf page = BUF_INIT(PAGE_BODY_MAX + 1);
        mon_auto_judgement Judgement judgement = {0};
        size_t n = 0;

        int r = read_headers(ctl, headers, &n);
        if (r == EXIT_DONE)
                r = read_page(ctl, ctl->args.items[0], &page);
        if (r != EXIT_DONE)
                return r;
        const PageAnswer answer = {
                .http_status = ctl->options.status ? (int)ctl->options.status : 200,
                .final_url = ctl->options.url,
                .headers = headers,
                .n_headers = n,
                .body_state = PAGE_BODY_WHOLE,
                .body = buf_text(&page),
                .body_len = page.len,
                .at_real = date_of(ctl, headers, n),
                .explain = true,
        };
        mon_cleanup(page_reader_free_p) PageReader *reader = page_reader_new(lexicon_new_shipped(), 0);
        page_judge(reader, NULL, &answer, &judgement);
        mon_auto_json *document = document_of(&judgement);
        if (ctl->options.json)
                return print_document(ctl, document);
        show(ctl, document);
        return flush_output(ctl);
}
