-- H0405 监督抽检与召回 Product sampling and recall: the records behind its indicators.
-- H040501  failed samples of the year (c08_sampling), each a batch.
-- H040502  failed samples of three years; what passed only dilutes the rate and is not shown.
-- H040503  recalls that set the value (c08_recalls): those as bad as the worst of the enterprise.
with failed as (
    select drawn.*
    from {{ ref('stg_c08_sampling') }} as drawn
    where
        drawn.sampled_on <= {{ month_end() }}
        and {{ sampling_outcome('drawn') }} = '2'
),

recalls as (
    select
        recall.*,
        {{ recall_severity('recall') }} as severity,
        max({{ recall_severity('recall') }}) over (partition by recall.enterprise_id) as worst
    from {{ ref('stg_c08_recalls') }} as recall
    where
        recall.announced_on > {{ window_start('H040503') }}
        and recall.announced_on <= {{ month_end() }}
)

select
    failed.enterprise_id,
    {{ evidence(
        "H040501", "c08_sampling", "failed", event_on="failed.sampled_on", stops_in="window", counts_for="1", review=true
    ) }}
from failed
where failed.sampled_on > {{ window_start('H040501') }}

union all

select
    failed.enterprise_id,
    {{ evidence(
        "H040502", "c08_sampling", "failed", event_on="failed.sampled_on", stops_in="window", review=true
    ) }}
from failed
where failed.sampled_on > {{ window_start('H040502') }}

union all

select
    recalls.enterprise_id,
    {{ evidence(
        "H040503", "c08_recalls", "recalls", event_on="recalls.announced_on", stops_in="window", review=true
    ) }}
from recalls
where recalls.severity = recalls.worst
