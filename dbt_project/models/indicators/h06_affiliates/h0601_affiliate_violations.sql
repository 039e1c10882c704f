-- noqa: disable=LT02
-- H0601 关联企业违法失信 Affiliate violations. Source: C01 (c01_base, c01_shareholders, c01_revocations), C04, C05, C06,
-- C10, by way of control_holding, affiliate_hub and affiliate_record.
-- Affiliates 关联企业: other live enterprises bound by control (a holding of `control_share` or more, either way) or headed
--         by the same legal representative (by keyed hash); each counts once, whichever bond it is.
-- H060101 关联企业黑名单比例, H060102 列异比例, H060103 行政处罚比例: share of affiliates with a serious-dishonesty
--         listing, an abnormal listing, a penalty in the window.  H060105 失信被执行人比例: share that are court
--         defaulters on the last day.
-- H060104 关联企业吊销比例: share whose licence was revoked in the window. The revoked are live no more: here those bound in
--         the same way (by holdings not given up, by the head at the time) are affiliates beside the live ones.
--         Which record counts, affiliate_record says.
-- Share = bad / (affiliates + k), k = `affiliate_smoothing` of parameters.csv: as if k more affiliates were known to be
--         clean, so that one bad affiliate of one is not 100 %. Exactly 0 without a bad affiliate or without any.
-- Unknown while c01_base, c01_shareholders or the feed of the record is not fresh.
-- Enterprises of one head are counted at their hub, never paired: n of them cost n rows, not n * n.
{%- set codes = ["H060101", "H060102", "H060103", "H060104", "H060105"] %}
with spine as (
    select
        enterprise_id,
        legal_rep_id as head_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

-- one row per enterprise that others answer for: 1 where it has such a record
bad as (
    select
        enterprise_id,
        max(head_id) as head_id,
        {%- for code in codes %}
        max(case indicator_code when '{{ code }}' then 1 else 0 end) as bad_{{ code | lower }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ ref("affiliate_record") }}
    group by enterprise_id
),

bonds as (
    {{ control_bonds() }}
),

-- few of the spine, all that the bonds are about
bound as (
    select
        enterprise_id,
        head_id
    from spine
    where enterprise_id in (select bonds.enterprise_id from bonds)
),

by_control as (
    select
        bonds.enterprise_id,
        count(affiliate.enterprise_id) as affiliates
        {%- for code in codes %},
        coalesce(sum(bad.bad_{{ code | lower }}), 0) as bad_{{ code | lower }}
        {%- endfor %}
    from bonds
    inner join bound as own on bonds.enterprise_id = own.enterprise_id
    left join bound as affiliate on bonds.affiliate_id = affiliate.enterprise_id
    left join bad on bonds.affiliate_id = bad.enterprise_id
    -- the same head: already in by_head
    where
        own.head_id is null
        or coalesce(affiliate.head_id, bad.head_id) is null
        or own.head_id <> coalesce(affiliate.head_id, bad.head_id)
    group by bonds.enterprise_id
),

by_head as (
    select
        head_id,
        {%- for code in codes %}
        sum(bad_{{ code | lower }}) as bad_{{ code | lower }}{{ "," if not loop.last }}
        {%- endfor %}
    from bad
    where head_id is not null
    group by head_id
),

counted as (
    select
        spine.enterprise_id,
        coalesce(by_control.affiliates, 0) + coalesce(hub.members - 1, 0) as affiliates,
        {%- for code in codes %}
        coalesce(by_control.bad_{{ code | lower }}, 0)
        + coalesce(by_head.bad_{{ code | lower }} - coalesce(own.bad_{{ code | lower }}, 0), 0)
            as bad_{{ code | lower }},
        {%- endfor %}
        {{ fresh("c01_base") }} and {{ fresh("c01_shareholders") }} as bonds_known
    from spine
    left join by_control on spine.enterprise_id = by_control.enterprise_id
    left join by_head on spine.head_id = by_head.head_id
    left join bad as own on spine.enterprise_id = own.enterprise_id
    left join {{ ref("affiliate_hub") }} as hub
        on
            spine.enterprise_id = hub.enterprise_id
            and hub.bond = 'head'
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    enterprise_id,
    case
        when bonds_known and {{ fresh("c05_serious_lists") }}
            then cast(bad_h060101 as double) / (affiliates + {{ parameter("H060101", "affiliate_smoothing") }})
    end as h060101,
    case
        when bonds_known and {{ fresh("c04_abnormal_list") }}
            then cast(bad_h060102 as double) / (affiliates + {{ parameter("H060102", "affiliate_smoothing") }})
    end as h060102,
    case
        when bonds_known and {{ fresh("c06_penalties") }}
            then cast(bad_h060103 as double) / (affiliates + {{ parameter("H060103", "affiliate_smoothing") }})
    end as h060103,
    -- the revoked are not among the live affiliates
    case
        when bonds_known and {{ fresh("c01_revocations") }}
            then
                cast(bad_h060104 as double)
                / (affiliates + bad_h060104 + {{ parameter("H060104", "affiliate_smoothing") }})
    end as h060104,
    case
        when bonds_known and {{ fresh("c10_defaulters") }}
            then cast(bad_h060105 as double) / (affiliates + {{ parameter("H060105", "affiliate_smoothing") }})
    end as h060105
from counted
