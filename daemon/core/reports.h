/* The reports of one target, weighed. Pure. In force is what nobody corrected and whose span is not over; of these the
 * one met last decides, of two met at one instant the one entered last. */
#pragma once

#include "daemon/base/list.h"
#include "daemon/model/report.h"

#define REPORTS_MAX 200 /* kept in memory of one target; the one met first goes. All are in the database */

typedef struct Reports {
        List list; /* of Report *, by at and id, the first met first */
} Reports;

void reports_fini(Reports *reports);
void reports_add(Reports *reports, Report *report); /* takes it; what it corrects is marked */
const Report *reports_find(const Reports *reports, int64_t id);
const Report *reports_winner(const Reports *reports, Nsec now_at_real); /* NULL: nothing is in force */
/* When the last of those that are over ended; NSEC_UNKNOWN: there is none. */
Nsec reports_expired_at(const Reports *reports, Nsec now_at_real);

typedef struct ReportsTally {
        int agree;    /* in force, and of the same verdict as the one that decides, which is among them */
        int disagree; /* in force, and of another */
} ReportsTally;

void reports_tally(const Reports *reports, Nsec now_at_real, ReportsTally *ret_tally);
