-- 互联网信号月度计数 How many web signals came to light about each enterprise, by topic and month: for warnings (预警),
-- which look at what is new. One row per enterprise of the spine and topic with at least one; all topics, recruitment
-- and court notices too, which no indicator reads.
-- A signal belongs to the month in which its first version was received, and to no other; published within the year
-- before, so that a source read for the first time does not tell its archive as news. As known at the end of that
-- month: what is judged, answered or taken back later shows in the indicators of later months, not here.
-- The same text counts once per enterprise and topic, as negative if any copy is. Surely matched as for H0502.
with found as (
    select
        item.enterprise_id,
        item.topic,
        {{ signal_text('item') }} as text_hash,
        cast(item.polarity as integer) as polarity,
        {{ is_sure_signal('item', parameter('H050201', 'confidence_at_least')) }} as sure,
        {{ is_withdrawn_signal('item') }} as withdrawn
    from {{ ref('stg_w01_web_signals') }} as item
    inner join {{ ref('web_signal_first_received') }} as came on item.signal_no = came.signal_no
    where
        came.first_month = {{ month() }}
        -- follows from it, and leaves out what need not be read
        and item.received_month = {{ month() }}
        and item.published_on > {{ month_end(-12) }}
        and item.published_on <= {{ month_end() }}
),

texts as (
    select
        enterprise_id,
        topic,
        text_hash,
        bool_or(sure) as sure,
        bool_and(withdrawn) as withdrawn,
        min(polarity) filter (where sure) as lowest,
        max(polarity) filter (where sure) as highest
    from found
    group by enterprise_id, topic, text_hash
)

select
    spine.month,
    spine.region_code,
    spine.enterprise_id,
    texts.topic,
    cast(count(*) filter (where texts.sure) as integer) as signals,
    cast(count(*) filter (where texts.lowest = -1) as integer) as negative,
    cast(count(*) filter (where texts.lowest = 0 and texts.highest = 0) as integer) as neutral,
    cast(count(*) filter (where texts.lowest >= 0 and texts.highest = 1) as integer) as positive,
    cast(count(*) filter (where not texts.sure and not texts.withdrawn) as integer) as unsure,
    cast(count(*) filter (where texts.withdrawn) as integer) as withdrawn
from texts
inner join {{ ref('enterprise') }} as spine on texts.enterprise_id = spine.enterprise_id
where spine.month = {{ month() }}
group by spine.month, spine.region_code, spine.enterprise_id, texts.topic
