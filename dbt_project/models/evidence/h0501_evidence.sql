-- H0501 投诉举报 Complaints and reports: the records behind its indicators, rows of c09_complaints that count
-- (counted_complaints).
-- H050101  complaints of the window.
-- H050102  complaints of the window, whose number rose; those of the window before it are what it rose from.
with complaints as (
    {{ counted_complaints(parameter('H050101', 'repeat_from')) }}
)

select
    complaints.enterprise_id,
    {{ evidence(
        "H050101", "c09_complaints", "complaints", event_on="complaints.received_on", stops_in="window", review=true
    ) }}
from complaints
where complaints.received_on > {{ window_start('H050101') }}

union all

select
    complaints.enterprise_id,
    {{ evidence(
        "H050102", "c09_complaints", "complaints", event_on="complaints.received_on", stops_in="window", review=true
    ) }}
from complaints
where complaints.received_on > {{ window_start('H050102') }}
