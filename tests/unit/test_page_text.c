/* From bytes to what is seen: charsets, references, folding, tokens, blocks and sentences. */
#include "probes/page/charset.h"
#include "probes/page/entity.h"
#include "probes/page/fold.h"
#include "probes/page/page.h"
#include "probes/page/sentence.h"
#include "probes/page/text.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define ROUNDS 3000

static void test_charset(void **state) {
        (void)state;
        static const struct {
                const char *bytes;
                size_t n;
                const char *type, *text, *charset;
        } cases[] = {
                {"caf\xc3\xa9", 5, NULL, "café", "utf-8"},
                {"\xef\xbb\xbf"
                 "caf\xc3\xa9",
                 8, "text/html; charset=iso-8859-1", "café", "utf-8"},
                {"caf\xe9", 4, NULL, "café", "windows-1252"},
                {"caf\xe9", 4, "text/html; charset=ISO-8859-1", "café", "windows-1252"},
                {"caf\xe9", 4, "text/html; charset=\"latin1\"", "café", "windows-1252"},
                {"\x80 \xa4", 3, "text/html; charset=iso-8859-15", "\xc2\x80 €", "iso-8859-15"},
                {"l\x92"
                 "\xe9t\xe9 co\xfb"
                 "te 5 \x80",
                 15, "text/html; charset=windows-1252", "l’été coûte 5 €", "windows-1252"},
                {"\xff\xfe"
                 "a\0\xe9\0",
                 6, NULL, "aé", "utf-16le"},
                {"\xfe\xff"
                 "\0a\0\xe9",
                 6, NULL, "aé", "utf-16be"},
                {"\xff\xfe\x3d\xd8\x00\xde", 6, NULL, "😀", "utf-16le"},
                {"<meta charset=iso-8859-15>\xa4", 27, "text/html", "<meta charset=iso-8859-15>€", "iso-8859-15"},
                {"caf\xc3\xa9", 5, "text/html; charset=iso-8859-1", "café",
                 "utf-8"}, /* the bytes contradict the label */
                {"caf\xe9 \xe9t\xe9 g\xea"
                 "ne",
                 13, "text/html; charset=utf-8", "café été gêne", "windows-1252"},
        };

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                PageSource source;
                assert_int_equal(charset_decode(cases[i].bytes, cases[i].n, cases[i].type, &source), 0);
                mon_auto_free char *text = mon_strndup(source.text, source.len);
                if (i != 5)
                        assert_string_equal(text, cases[i].text);
                else
                        assert_non_null(strstr(text, "€"));
                assert_string_equal(source.charset, cases[i].charset);
                page_source_fini(&source);
        }
}

static void test_charset_refuses(void **state) {
        (void)state;
        static const char binary[] =
                "\x00\x01\x02\x03\x04\x05\x06\x07\x00\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\xff\xfe\xfd";
        PageSource source;

        assert_int_equal(charset_decode(binary, sizeof binary - 1, NULL, &source), CHARSET_E_UNKNOWN);
        assert_int_equal(charset_decode("\xcf\xd2\xc9\xd7\xc5\xd4", 6, "text/html; charset=koi8-r", &source),
                         CHARSET_E_UNKNOWN);
        /* CHARSET_META_MAX: a label behind it is not looked for */
        mon_auto_buf Buf late = BUF_INIT(3 * CHARSET_META_MAX);
        while (late.len < CHARSET_META_MAX)
                assert_int_equal(buf_append_text(&late, "                                "), 0);
        assert_int_equal(buf_append_text(&late, "<meta charset=koi8-r>\xe9t\xe9"), 0);
        assert_int_equal(charset_decode(late.data, late.len, NULL, &source), 0);
        assert_string_equal(source.charset, "windows-1252");
        page_source_fini(&source);
}

/* A few bad bytes are no reason not to read a page. */
static void test_charset_mends(void **state) {
        (void)state;
        PageSource source;

        assert_int_equal(charset_decode("d\xc3\xa9j\xc3\xa0 \xff vu \xc3\xa9t\xc3\xa9", 18, NULL, &source), 0);
        assert_int_equal(source.n_bad, 1);
        assert_true(text_is_utf8(source.text, source.len));
        page_source_fini(&source);
}

static void test_entities(void **state) {
        (void)state;
        static const struct {
                const char *text;
                size_t used;
                uint32_t character;
        } cases[] = {
                {"&eacute;", 8, 0xe9},
                {"&eacutement", 7, 0xe9},
                {"&#233;", 6, 0xe9},
                {"&#xE9;", 6, 0xe9},
                {"&#233", 5, 0xe9},
                {"&#150;", 6, 0x2013},
                {"&amp;", 5, '&'},
                {"&ampx", 4, '&'},
                {"&euro;", 6, 0x20ac},
                {"&euro", 0, 0},
                {"&", 0, 0},
                {"& ", 0, 0},
                {"&#;", 0, 0},
                {"&#x;", 0, 0},
                {"&nbsp", 5, 0xa0},
                {"&thetasym;", 10, 0x3d1},
                {"&#99999999999;", 14, 0xfffd},
                {"&#0;", 4, 0xfffd},
                {"&#xD800;", 8, 0xfffd},
                {"&bogus;", 0, 0},
                {"&apos;", 6, '\''},
                {"&rsquo;", 7, 0x2019},
                {"&not", 4, 0xac},
                {"&notit;", 4, 0xac},
        };

        /* ENTITY_NAME_MAX is the eight letters of thetasym, ENTITY_DIGITS_MAX the digits that may count */
        for (size_t i = 0; i < mon_count_of(cases); i++) {
                uint32_t c = 0;
                assert_int_equal(entity_take(cases[i].text, strlen(cases[i].text), &c), cases[i].used);
                if (cases[i].used)
                        assert_int_equal(c, cases[i].character);
        }
}

static void test_fold(void **state) {
        (void)state;
        static const char *const cases[][2] = {
                {"  Momentanément   INDISPONIBLE ", "momentanement indisponible"},
                {"L’accès à l' espace", "l'acces a l'espace"},
                {"Cœur Œuvre ÆON ß", "coeur oeuvre aeon ss"},
                {"a\xc2\xa0"
                 "b\xe2\x80\xaf"
                 "c\xe2\x80\x8b"
                 "d",
                 "a b cd"},
                {"« oui » “yes” – — ‑", "\" oui \" \"yes\" - - -"},
                {"gÃªne occasionnÃ©e", "gene occasionnee"},
                {"lâ€™accÃ¨s", "l'acces"},
                {"2\xc2\xb2 \xef\xac\x81n", "22 fin"},
                {"e\xcc\x81te\xcc\x81", "ete"},
                {"", ""},
                {"ＭＡＩＮＴＥＮＡＮＣＥ", "maintenance"},
        };

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_auto_free char *folded = fold_copy(cases[i][0]);
                assert_string_equal(folded, cases[i][1]);
        }
}

/* FOLD_DECOMPOSED_MAX: U+FDFA folds to eighteen characters; folding is its own fixed point, and stays in its bound. */
static void test_fold_properties(void **state) {
        (void)state;
        uint64_t seed = 42;
        mon_auto_free char *long_one = fold_copy("\xef\xb7\xba");

        assert_true(strlen(long_one) > 18);
        for (int round = 0; round < ROUNDS; round++) {
                char text[64];
                size_t n = 0;
                for (int i = 0; i < 12; i++) {
                        char bytes[4];
                        seed = seed * 6364136223846793005U + 1442695040888963407U;
                        uint32_t c = (uint32_t)(seed >> 33) % (round % 2 ? 0x250 : 0x11000);
                        size_t len = charset_put_utf8(c ? c : 'x', bytes);
                        memcpy(text + n, bytes, len);
                        n += len;
                }
                mon_auto_buf Buf once = BUF_INIT(2048);
                mon_auto_buf Buf small = BUF_INIT(5);
                assert_int_equal(fold_text(text, n, &once), 0);
                assert_true(text_is_utf8(buf_text(&once), once.len));
                assert_true(once.len == 0 || (once.data[0] != ' ' && once.data[once.len - 1] != ' '));
                (void)!fold_text(text, n, &small);
                assert_true(small.len <= 5);
        }
}

static char *seen(const char *html) {
        PageText text;
        page_text_read(html, strlen(html), &text);
        char *copy = mon_strdup(buf_text(&text.text));
        page_text_fini(&text);
        return copy;
}

static void test_visible_text(void **state) {
        (void)state;
        static const char *const cases[][2] = {
                {"<p>a<p>b", "a\nb\n"},
                {"a<b>b</b>c <i> d</i>", "abc d\n"},
                {"<div>a<br>b<br/>c</br>d</div>", "a\nb\nc\nd\n"},
                {"<title>T &amp; t</title><body>x", "T & t\nx\n"},
                {"<script>if (a < b) '</p>'</script>x<style>p{}</style>", "x\n"},
                {"a<!-- x --><!--> b <!---> c<!- d ->e", "a b ce\n"},
                {"<p hidden>no<div>yes</div>", "yes\n"},
                {"<dialog>no</dialog><dialog open>yes</dialog>", "yes\n"},
                {"<ul><li hidden>no<li>yes</ul>", "yes\n"},
                {"<table><tr><td>a<td>b<tr><td>c</table>", "a\nb\nc\n"},
                {"<pre>a\n  b</pre>", "a\nb\n"},
                {"1 < 2 <3 & 4 &lt; 5", "1 < 2 <3 & 4 < 5\n"},
                {"<a href=x>l<a href=y>m</a>n", "lmn\n"},
                {"<input type=submit value='Go &gt;'>", "Go >\n"},
                {"<img alt=photo src=p.png>", "photo\n"},
                {"<p>avant <img alt=photo> après", "avant après\n"},
                {"<svg><title>icon</title><text>no</text></svg>yes", "yes\n"},
                {"<DIV STYLE='Display : None'>no</DIV>yes", "yes\n"},
                {"<style>.a, #b {display:none} .a{display:block}</style><i class=a>yes</i><i id=b>no</i>", "yes\n"},
                {"<style>@media print{.a{display:none}} .c .d{display:none}</style><p class='a d'>yes", "yes\n"},
                {"<div class='hidden md:block'>yes</div><div class=hidden>no</div>", "yes\n"},
                {"<style>.a{visibility:hidden}#b{ DISPLAY : none !important }div.c{display:none}</style><p class=a>no"
                 "<p id=b>no<div class=c>no</div><p class=c>no<p>yes",
                 "yes\n"},
                {"<style>@media screen{.a{display:none}} @media (max-width:600px){.a{display:none}}</style><p "
                 "class=a>yes",
                 "yes\n"},
                {"<style>.a{opacity:0} .b:hover{display:none} nav>.c{display:none}</style><p class='a b c'>yes",
                 "yes\n"},
                {"<span class=sr-only>heard</span> <span class=visually-hidden>too</span>", "heard too\n"},
                {"<p hidden=until-found>no<p hidden=false>yes<p aria-hidden=false>yes", "yes\nyes\n"},
                {"<textarea>no</textarea><select><option>o<option>p</select>", "o\np\n"},
                {"<p>a</b>b</i></p></div>c", "ab\nc\n"},
                {"<div><b hidden>no</div>yes", "yes\n"},
                {"<plaintext>a</plaintext><b>", "a</plaintext><b>\n"},
                {"<a title='>' href=x>y</a>", "y\n"},
                {"<a href=\"x", ""},
                {"<", "<\n"},
                {"</", ""},
                {"<p", ""},
                {"\xc2\xadsoft\xc2\xadhyphen", "softhyphen\n"},
        };

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                mon_auto_free char *text = seen(cases[i][0]);
                if (strcmp(text, cases[i][1]) != 0)
                        fail_msg("%s: \"%s\" instead of \"%s\"", cases[i][0], text, cases[i][1]);
        }
}

static void test_places(void **state) {
        (void)state;
        static const struct {
                const char *html;
                unsigned place;
        } cases[] = {
                {"<nav><p>x</p></nav>", PLACE_NAV},
                {"<div role=alert>x</div>", PLACE_ALERT},
                {"<div class='fr-notice fr-notice--info'>x</div>", PLACE_ALERT},
                {"<main><p>x</p></main>", PLACE_MAIN},
                {"<footer><p>x", PLACE_FOOTER},
                {"<div id=tarteaucitronRoot>x", PLACE_COOKIE},
                {"<h2><span>x</span></h2>", PLACE_HEADING},
                {"<noscript><p>x</p></noscript>", PLACE_NOSCRIPT},
                {"<label>x</label>", PLACE_FORM},
                {"<title>x</title>", PLACE_TITLE},
                {"<blockquote>x</blockquote>", PLACE_QUOTE},
                {"<aside>x</aside>", PLACE_ASIDE},
        };

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                PageText text;
                page_text_read(cases[i].html, strlen(cases[i].html), &text);
                assert_int_equal(text.n_blocks, 1);
                if (!(text.blocks[0].places & cases[i].place))
                        fail_msg("%s: %s", cases[i].html, place_name(text.blocks[0].places));
                page_text_fini(&text);
        }
}

static void test_facts(void **state) {
        (void)state;
        static const char html[] = "<html lang=fr-FR><base href=/b/><script "
                                   "src='a.js?x=1&amp;y=2'></script><script>12345</script><form><input>"
                                   "<input type=password><input type=hidden></form><div id=app></div><iframe "
                                   "src=x></iframe><a href=y>z</a>"
                                   "<meta http-equiv=Refresh content='0; url=/m'>";
        PageText text;

        page_text_read(html, sizeof html - 1, &text);
        assert_true(text.has_form && text.has_empty_root && text.has_refresh);
        assert_int_equal(text.n_inputs, 2);
        assert_int_equal(text.n_passwords, 1);
        assert_int_equal(text.n_links, 1);
        assert_int_equal(text.n_frames, 1);
        assert_int_equal(text.n_scripts, 1);
        assert_int_equal(text.script_bytes, 5);
        assert_string_equal(text.language, "fr");
        mon_auto_free char *src = page_text_attribute(text.scripts[0]);
        assert_string_equal(src, "a.js?x=1&y=2");
        page_text_fini(&text);
}

static void test_sentences(void **state) {
        (void)state;
        static const struct {
                const char *text;
                bool is_title;
                const char *parts[4];
        } cases[] = {
                {"Un. Deux ! Trois ?", false, {"Un.", "Deux !", "Trois ?"}},
                {"Oups... votre compte est là. Bien", false, {"Oups... votre compte est là.", "Bien"}},
                {"M. Martin est absent. Oui", false, {"M. Martin est absent.", "Oui"}},
                {"version 3.6 du site", false, {"version 3.6 du site"}},
                {"Le site est\nen maintenance\nMerci", false, {"Le site est\nen maintenance", "Merci"}},
                {"Mairie | Site en travaux - Accueil", true, {"Mairie", "Site en travaux", "Accueil"}},
                {"fin.suite", false, {"fin.suite"}},
        };

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                size_t n = strlen(cases[i].text);
                for (size_t at = 0, part = 0, next; at < n; at += next, part++) {
                        size_t len = sentence_take(cases[i].text + at, n - at, 600, cases[i].is_title, &next);
                        mon_auto_free char *text = mon_strndup(cases[i].text + at, len);
                        assert_non_null(cases[i].parts[part]);
                        assert_string_equal(text, cases[i].parts[part]);
                }
        }
}

/* A sentence keeps to its bound, and marks without end are no reason to look at the rest at each of them: were it so,
 * this would take an hour. */
static void test_sentences_of_marks(void **state) {
        (void)state;
        static const char *const marks[] = {".", ".)", "\n-", "!", ". "};
        const size_t max = 600, bytes = 4U << 20;

        for (size_t i = 0; i < mon_count_of(marks); i++) {
                mon_auto_buf Buf text = BUF_INIT(bytes + 8);
                while (text.len < bytes)
                        assert_int_equal(buf_append_text(&text, marks[i]), 0);
                assert_int_equal(buf_append_text(&text, "x"), 0);
                for (size_t at = 0, next; at < text.len; at += next) {
                        size_t len = sentence_take(text.data + at, text.len - at, max, false, &next);
                        assert_true(len <= max && next > 0 && len <= next && next <= text.len - at);
                }
        }
}

static void test_quotes(void **state) {
        (void)state;
        static const struct {
                const char *text;
                bool is_open[3]; /* after each sentence */
        } cases[] = {
                {"Le message disait : « Fermé. Revenez demain. » Puis rien.", {true, false, false}},
                {"The message then said \"Closed. Come back.\" Nothing else.", {true, false, false}},
                {"« Fermé. Revenez demain. »", {false, false, false}},
                {"Un écran de 24\" est livré avec. Le reste suit. Fin.", {false, false, false}},
                {"Elle répondait \xe2\x80\x9c"
                 "Non. Jamais.\xe2\x80\x9d Voilà.",
                 {true, false, false}},
        };

        for (size_t i = 0; i < mon_count_of(cases); i++) {
                Quote quote = {0};
                size_t n = strlen(cases[i].text);
                for (size_t at = 0, part = 0, next; at < n && part < 3; at += next, part++) {
                        (void)sentence_take(cases[i].text + at, n - at, 600, false, &next);
                        quote_follow(&quote, cases[i].text + at, next, n - at);
                        if (quote.is_open != cases[i].is_open[part])
                                fail_msg("%s: after sentence %zu", cases[i].text, part + 1);
                }
        }
}

/* Whatever the bytes are, what is seen is text, and every part of it is in its bounds. */
static void test_nonsense(void **state) {
        (void)state;
        static const char *const pieces[] = {"<div",
                                             ">",
                                             "</div>",
                                             "<p>",
                                             "<!--",
                                             "-->",
                                             "&eacute",
                                             ";",
                                             "<script>",
                                             "</script",
                                             " style='display:none'",
                                             "é",
                                             "\xff",
                                             "<a href=\"",
                                             "\"",
                                             "<table><tr>",
                                             "x y",
                                             "<title>",
                                             "</title>",
                                             "<style>",
                                             ".a{display:none}",
                                             "<br>",
                                             "\n",
                                             "class=a ",
                                             "<",
                                             "/",
                                             "=",
                                             "<svg>",
                                             "<li>",
                                             "<noscript>",
                                             "\xc3"};
        uint64_t seed = 7;

        for (int round = 0; round < ROUNDS; round++) {
                mon_auto_buf Buf html = BUF_INIT(4096);
                for (int i = 0; i < 40; i++) {
                        seed = seed * 6364136223846793005U + 1442695040888963407U;
                        assert_int_equal(buf_append_text(&html, pieces[(seed >> 33) % mon_count_of(pieces)]), 0);
                }
                PageSource source;
                PageText text;
                if (charset_decode(html.data, html.len, NULL, &source) != 0)
                        continue;
                page_text_read(source.text, source.len, &text);
                assert_true(text_is_utf8(buf_text(&text.text), text.text.len));
                for (size_t i = 0; i < text.n_blocks; i++) {
                        assert_true(text.blocks[i].start + text.blocks[i].len <= text.text.len);
                        assert_true(text.blocks[i].link_len <= text.blocks[i].len);
                }
                page_text_fini(&text);
                page_source_fini(&source);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_charset),
                cmocka_unit_test(test_charset_refuses),
                cmocka_unit_test(test_charset_mends),
                cmocka_unit_test(test_entities),
                cmocka_unit_test(test_fold),
                cmocka_unit_test(test_fold_properties),
                cmocka_unit_test(test_visible_text),
                cmocka_unit_test(test_places),
                cmocka_unit_test(test_facts),
                cmocka_unit_test(test_sentences),
                cmocka_unit_test(test_sentences_of_marks),
                cmocka_unit_test(test_quotes),
                cmocka_unit_test(test_nonsense),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
