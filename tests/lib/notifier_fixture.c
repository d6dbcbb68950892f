#include "tests/lib/notifier_fixture.h"

#include "config/directives.h"
#include "daemon/base/text.h"

#include <assert.h>

static void add_line(char **text, int line, int column, const char *what) {
        mon_auto_free char *before = *text;

        *text = mon_printf("%s%d:%d: %s\n", before, mistakes_line(line), column, what);
}

static void on_mistake(void *userdata, int line, int column, const char *text) {
        add_line(userdata, line > 0 ? line : 1, line > 0 ? column : 1, text);
}

static void take_mistakes(NotifierFixture *fixture, const Mistakes *mistakes) {
        for (size_t i = 0; i < mistakes->n; i++) {
                const MistakeEntry *entry = &mistakes->entries[i];
                add_line(entry->warning ? &fixture->warnings : &fixture->mistakes, entry->line, entry->column,
                         entry->text);
        }
}

void notifier_fixture_init(NotifierFixture *fixture, const NotifierDriver *driver, const char *yaml,
                           Language language) {
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        mon_cleanup(mistakes_fini) Mistakes mistakes = {0};
        Buf printed = BUF_INIT(65536);
        YamlProblem problem;

        int r = yaml_read(yaml, strlen(yaml), &root, &problem);
        assert(r == 0);
        (void)mistakes_add_file(&mistakes, "mond.yaml");
        const DirectiveBlock block = {
                .mistakes = &mistakes, .name = driver->name, .node = root, .line = 1, .column = 1};
        *fixture = (NotifierFixture){.mistakes = mon_strdup(""), .warnings = mon_strdup("")};
        Notifier *notifier = &fixture->notifier;
        notifier->id = mon_strdup("equipe");
        notifier->driver = driver;
        notifier->language = language;
        notifier->spec = mon_calloc(1, driver->spec_size);
        bool whole = directives_read(&block, driver->directives, notifier->spec);
        take_mistakes(fixture, &mistakes);
        if (whole)
                driver->prepare(notifier->spec, notifier, on_mistake, &fixture->mistakes);
        r = directives_print(driver->directives, notifier->spec, 0, DIRECTIVE_PRINT_HIDDEN, &printed);
        assert(r == 0);
        (void)r;
        fixture->printed = buf_steal(&printed);
}

void notifier_fixture_fini(NotifierFixture *fixture) {
        Notifier *notifier = &fixture->notifier;

        if (notifier->driver->fini)
                notifier->driver->fini(notifier->spec);
        directives_fini(notifier->driver->directives, notifier->spec);
        free(notifier->spec);
        free(notifier->id);
        free(fixture->mistakes);
        free(fixture->warnings);
        free(fixture->printed);
}

static json_t *both(const char *fr, const char *en) {
        json_t *object = json_object();

        json_set(object, "fr", json_text(fr));
        json_set(object, "en", json_text(en));
        return object;
}

json_t *notifier_fixture_document(const char *type, const char *from, const char *to, const char *sentence) {
        json_t *document = json_object(), *observer = json_object(), *subject = json_object(), *reason = json_object(),
               *incident = json_object();
        bool is_path = text_starts(type, "path.");

        json_set(observer, "name", json_text("Collectif Exemple"));
        json_set(observer, "contact", json_text("https://example.org/mond"));
        json_set(subject, "kind", json_text(is_path ? "path" : "target"));
        json_set(subject, "id", json_text(is_path ? "refus" : "mes-opposition"));
        json_set(subject, "title", both("Refuser son espace santé", "Refusing one's health space"));
        json_set(reason, "target", json_text("mes-opposition"));
        json_set(reason, "verdict", json_text("maintenance"));
        json_set(reason, "cause", json_text("banner"));
        json_set(reason, "detail", json_null());
        json_set(reason, "http_status", json_integer(200));
        json_set(reason, "banner", json_text("Fermé"));
        json_set(reason, "url", json_text("https://www.example.org/a?b=1&c=2"));
        json_set(incident, "id", json_integer(12));
        json_set(incident, "opened_at", json_text("2026-01-12T01:12:00.000Z"));
        json_set(incident, "closed_at", json_null());
        json_set(document, "version", json_integer(1));
        json_set(document, "id", json_text("evt_0123456789abcdef0123456789abcdef"));
        json_set(document, "type", json_text(type));
        json_set(document, "at", json_text("2026-01-12T01:14:00.000Z"));
        json_set(document, "observed_at", json_text("2026-01-12T01:13:58.000Z"));
        json_set(document, "late", json_false());
        json_set(document, "observer", observer);
        json_set(document, "subject", subject);
        json_set(document, "from", json_text(from));
        json_set(document, "to", json_text(to));
        json_set(document, "since", json_text("2026-01-12T01:12:00.000Z"));
        json_set(document, "duration_s", json_seconds(120000));
        json_set(document, "proven", json_false());
        json_set(document, "reason", reason);
        json_set(document, "incident", incident);
        json_set(document, "unknown", json_array());
        json_set(document, "text", both(sentence, sentence));
        return document;
}
