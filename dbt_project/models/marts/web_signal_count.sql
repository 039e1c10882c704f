-- 互联网信号统计 Web signals that came to light, by month, region and topic. A view over all months; see web_topic_month for
-- what is counted in which month.
{{ config(tags=["published"]) }}
select
    month,
    region_code,
    topic,
    sum(signals) as signals,
    sum(negative) as negative,
    sum(neutral) as neutral,
    sum(positive) as positive,
    sum(unsure) as unsure,
    sum(withdrawn) as withdrawn,
    count(*) filter (where signals > 0) as enterprises,
    count(*) filter (where negative > 0) as enterprises_negative
from {{ ref('web_topic_month') }}
group by month, region_code, topic
