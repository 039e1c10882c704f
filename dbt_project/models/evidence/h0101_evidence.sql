-- H0101 企业规模 Enterprise scale: the records behind its indicators. Source: C01 (c01_base, c01_branches,
-- c01_shareholders).
-- H010101: the base record. H010102: each open branch. H010103: each corporate shareholder, by its latest contribution.
-- H010104: each live enterprise in which it holds a share, by the latest contribution there.
with live as (
    select enterprise_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

-- Several contributions of one shareholder are one shareholder. Natural persons (kind 1), most of the holders, are left
-- out: their identity is a hash and never the code of an enterprise.
held as (
    select
        holder.*,
        row_number() over (
            partition by holder.enterprise_id, holder.holder_id
            order by holder.contributed_on desc, holder.record_id desc
        ) as recency
    from {{ ref("stg_c01_shareholders") }} as holder
    where
        {{ is_held("holder") }}
        and holder.holder_kind <> '1'
)

select
    base.enterprise_id,
    {{ evidence("H010101", "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
union all
select
    branch.enterprise_id,
    {{ evidence(
        "H010102", "c01_branches", "branch", event_on="branch.opened_on", counts_for=1, about_id="branch.branch_id"
    ) }}
from {{ ref("stg_c01_branches") }} as branch
where
    branch.opened_on <= {{ month_end() }}
    and (branch.closed_on is null or branch.closed_on > {{ month_end() }})
union all
select
    held.enterprise_id,
    {{ evidence(
        "H010103", "c01_shareholders", "held", event_on="held.contributed_on", counts_for=1, about_id="held.holder_id"
    ) }}
from held
where
    held.recency = 1
    and held.holder_kind = '2'
union all
select
    held.holder_id as enterprise_id,
    {{ evidence(
        "H010104",
        "c01_shareholders",
        "held",
        event_on="held.contributed_on",
        counts_for=1,
        about_id="held.enterprise_id",
    ) }}
from held
inner join live on held.enterprise_id = live.enterprise_id
where
    held.recency = 1
    and held.holder_id <> held.enterprise_id
