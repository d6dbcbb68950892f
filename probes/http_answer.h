/* What the http probe makes of one answer: pure, so that each rule is tested without a server. */
#pragma once

#include "daemon/base/list.h"
#include "daemon/net/fetch.h"
#include "probes/http.h"
#include "probes/page/link.h"

/* An answer that can be judged: whole, or with a body that is cut, too large or not to be decoded. */
bool http_is_answer(const FetchAnswer *answer);

/* Moves the bytes into the hop, and what is known of the last hop into the observation. */
void http_take_hop(FetchAnswer *answer, Hop *hop, Observation *observation);
/* Of that, what needs no hop: timings, address, certificate. */
void http_take_transport(const FetchAnswer *answer, Observation *observation);
void http_take_retry_after(const FetchAnswer *answer, Nsec now_at_real, Observation *observation);

/* Where the answer redirects to, as written, to free; NULL: it does not. An empty Location leads nowhere: what
 * came with it is what is seen. */
char *http_redirect_of(const FetchAnswer *answer);

/* The page in `hop`, judged. Dates in it are read as of the answer's Date where that is within a day of now. */
void http_judge(struct PageReader *reader, const PageExpect *expect, FetchMethod method, const FetchAnswer *answer,
                const Hop *hop, const char *start_url, Nsec now_at_real, Judgement *ret_judgement);

/* Where the page in `hop` leads by the XPath, to free; as page_find_link(). */
mon_must_check int http_find_link(const FetchAnswer *answer, const Hop *hop, const XPath *xpath, char **ret_href);

/* Why a page that took so long is slow, to free; NULL: it is not. `slow_after` 0: never. */
char *http_slowness(Nsec took, Nsec slow_after);

/* The page's own script files, of its own site: at most HTTP_SCRIPTS_MAX addresses, to free. */
void http_list_scripts(const Judgement *judgement, const char *page_url, List *scripts);
/* CAUSE_OK, or the cause and why (to free) when a script file is not one. */
Cause http_script_fault(const FetchAnswer *answer, char **ret_why);
