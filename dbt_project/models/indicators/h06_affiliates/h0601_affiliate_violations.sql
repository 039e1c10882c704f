-- H0601 关联企业违法失信 Affiliate violations. Source: C01 (c01_base, c01_shareholders), C04, C05, C06.
-- Affiliates 关联企业: other live enterprises bound by control (a holding of `control_share` or more, either way) or headed
--         by the same legal representative (by keyed hash); each counts once, whichever bond it is.
-- H060101 关联企业黑名单比例, H060102 列异比例, H060103 行政处罚比例: share of affiliates with a serious-dishonesty listing (any list of
--         C05), an abnormal listing, a penalty (as H040301 counts them: is_counted_penalty) inside the window; a
--         listing that still stands counts however old it is. Repaired (信用修复) and mistaken entries do not count.
-- Share = bad / (affiliates + k), k = `affiliate_smoothing` of parameters.csv: as if k more affiliates were known to be
--         clean, so that one bad affiliate of one is not 100 %. Exactly 0 without a bad affiliate or without any.
-- Unknown while c01_base, c01_shareholders or the feed of the record is not fresh.
-- Groups of one head are counted, never paired: a person heading n enterprises costs n rows, not n * n.
with spine as (
    select
        enterprise_id,
        legal_rep_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

repairs as (
    select distinct
        enterprise_id,
        repaired_feed,
        repaired_ref,
        try_cast(repaired_ref as date) as repaired_day
    from {{ ref("stg_c05_repairs") }}
    where decided_on <= {{ month_end() }}
),

listed as (
    select distinct record.enterprise_id
    from {{ ref("stg_c05_serious_lists") }} as record
    left join repairs
        on
            record.enterprise_id = repairs.enterprise_id
            and record.listed_on = repairs.repaired_day
            and repairs.repaired_feed = 'c05_serious_lists'
    where
        record.listed_on <= {{ month_end() }}
        and (
            record.listed_on > {{ window_start("H060101") }}
            or record.removed_on is null
            or record.removed_on > {{ month_end() }}
        )
        and repairs.enterprise_id is null
),

abnormal as (
    select distinct record.enterprise_id
    from {{ ref("stg_c04_abnormal_list") }} as record
    left join repairs
        on
            record.enterprise_id = repairs.enterprise_id
            and record.listed_on = repairs.repaired_day
            and repairs.repaired_feed = 'c04_abnormal_list'
    where
        record.listed_on <= {{ month_end() }}
        and (
            record.listed_on > {{ window_start("H060102") }}
            or record.removed_on is null
            or record.removed_on > {{ month_end() }}
        )
        -- removed as repaired (1) or as listed in error (2), by the end of the month
        and not coalesce(record.removal_reason in ('1', '2') and record.removed_on <= {{ month_end() }}, false)
        and repairs.enterprise_id is null
),

penalised as (
    select distinct record.enterprise_id
    from {{ ref("stg_c06_penalties") }} as record
    left join repairs
        on
            record.enterprise_id = repairs.enterprise_id
            and record.document_no = repairs.repaired_ref
            and repairs.repaired_feed = 'c06_penalties'
    where
        record.decided_on > {{ window_start("H060103") }}
        and record.decided_on <= {{ month_end() }}
        and record.enterprise_id is not null
        and {{ is_counted_penalty("record") }}
        and repairs.enterprise_id is null
),

marked as (
    select
        spine.enterprise_id,
        spine.legal_rep_id,
        case when listed.enterprise_id is null then 0 else 1 end as listed,
        case when abnormal.enterprise_id is null then 0 else 1 end as abnormal,
        case when penalised.enterprise_id is null then 0 else 1 end as penalised
    from spine
    left join listed on spine.enterprise_id = listed.enterprise_id
    left join abnormal on spine.enterprise_id = abnormal.enterprise_id
    left join penalised on spine.enterprise_id = penalised.enterprise_id
),

holdings as (
    select
        enterprise_id,
        holder_id
    from {{ ref("stg_c01_shareholders") }}
    where
        holder_kind = '2'
        and share >= {{ parameter("H060101", "control_share") }}
        and contributed_on <= {{ month_end() }}
        and (left_on is null or left_on > {{ month_end() }})
        and enterprise_id <> holder_id
),

-- union without `all`: two that hold each other, or hold twice, are one bond
bonds as (
    select
        enterprise_id,
        holder_id as affiliate_id
    from holdings
    union
    select
        holder_id as enterprise_id,
        enterprise_id as affiliate_id
    from holdings
),

by_control as (
    select
        bonds.enterprise_id,
        count(*) as affiliates,
        sum(affiliate.listed) as listed,
        sum(affiliate.abnormal) as abnormal,
        sum(affiliate.penalised) as penalised
    from bonds
    inner join marked as own on bonds.enterprise_id = own.enterprise_id
    inner join marked as affiliate on bonds.affiliate_id = affiliate.enterprise_id
    -- the same head: already in by_head
    where
        own.legal_rep_id is null
        or affiliate.legal_rep_id is null
        or own.legal_rep_id <> affiliate.legal_rep_id
    group by bonds.enterprise_id
),

by_head as (
    select
        legal_rep_id,
        count(*) as affiliates,
        sum(listed) as listed,
        sum(abnormal) as abnormal,
        sum(penalised) as penalised
    from marked
    where legal_rep_id is not null
    group by legal_rep_id
),

counted as (
    select
        marked.enterprise_id,
        coalesce(by_control.affiliates, 0) + coalesce(by_head.affiliates - 1, 0) as affiliates,
        coalesce(by_control.listed, 0) + coalesce(by_head.listed - marked.listed, 0) as listed,
        coalesce(by_control.abnormal, 0) + coalesce(by_head.abnormal - marked.abnormal, 0) as abnormal,
        coalesce(by_control.penalised, 0) + coalesce(by_head.penalised - marked.penalised, 0) as penalised,
        {{ fresh("c01_base") }} and {{ fresh("c01_shareholders") }} as bonds_known
    from marked
    left join by_control on marked.enterprise_id = by_control.enterprise_id
    left join by_head on marked.legal_rep_id = by_head.legal_rep_id
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    enterprise_id,
    case
        when bonds_known and {{ fresh("c05_serious_lists") }}
            then cast(listed as double) / (affiliates + {{ parameter("H060101", "affiliate_smoothing") }})
    end as h060101,
    case
        when bonds_known and {{ fresh("c04_abnormal_list") }}
            then cast(abnormal as double) / (affiliates + {{ parameter("H060102", "affiliate_smoothing") }})
    end as h060102,
    case
        when bonds_known and {{ fresh("c06_penalties") }}
            then cast(penalised as double) / (affiliates + {{ parameter("H060103", "affiliate_smoothing") }})
    end as h060103
from counted
