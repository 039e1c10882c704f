-- H0703 知识产权 Intellectual property: the records behind its indicators, each right in force in the window. A right stops
-- with its window, or with its own end where that is known and comes first.
select
    patent.enterprise_id,
    {{ evidence("H070301", "c14_patents", "patent", event_on="patent.granted_on",
        stops_in="least(" ~ stops_after("patent.granted_on", "H070301") ~ ", " ~ ends_in("patent.ended_on") ~ ")",
        counts_for="1") }}
from {{ ref("stg_c14_patents") }} as patent
where
    patent.granted_on > {{ window_start("H070301") }}
    and patent.granted_on <= {{ month_end() }}
    and (patent.ended_on is null or patent.ended_on > {{ month_end() }})

union all

select
    mark.enterprise_id,
    {{ evidence("H070302", "c14_trademarks", "mark", event_on="mark.registered_on",
        stops_in="least(" ~ stops_after("mark.registered_on", "H070302") ~ ", " ~ lapses_in("mark.valid_to") ~ ")",
        counts_for="1") }}
from {{ ref("stg_c14_trademarks") }} as mark
where
    mark.registered_on > {{ window_start("H070302") }}
    and mark.registered_on <= {{ month_end() }}
    and (mark.valid_to is null or mark.valid_to >= {{ month_end() }})
