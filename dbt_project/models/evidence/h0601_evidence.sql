-- noqa: disable=LT02
-- H0601 关联企业违法失信 Affiliate violations: the records of affiliates behind its indicators (affiliate_record), about_id the
-- affiliate. Of each hub and of each affiliate the newest 20 are kept before they are handed out, so that n enterprises
-- of one head cost 20 n rows; an enterprise sees 20 of each indicator at most. Each affiliate's newest record goes
-- first: so nobody is left with records of its own only.
{%- set most = 20 %}
with records as (
    select
        *,
        row_number() over (
            partition by enterprise_id, indicator_code order by event_on desc, record_id desc
        ) as nth
    from {{ ref("affiliate_record") }}
),

heads as (
    select
        enterprise_id,
        legal_rep_id as head_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

newest_of_head as (
    select
        *,
        row_number() over (
            partition by head_id, indicator_code order by nth asc, event_on desc, record_id desc
        ) as place
    from records
    where head_id is not null
),

bonds as (
    {{ control_bonds() }}
),

{%- set columns = evidence_columns() %}

handed_out as (
    select
        heads.enterprise_id,
        record.{{ columns | join(", record.") }},
        record.nth
    from newest_of_head as record
    inner join heads on record.head_id = heads.head_id
    where
        record.place <= {{ most }}
        and record.enterprise_id <> heads.enterprise_id
    union
    -- without `all`: bound by control and by the head
    select
        bonds.enterprise_id,
        record.{{ columns | join(", record.") }},
        record.nth
    from records as record
    inner join bonds on record.enterprise_id = bonds.affiliate_id
    where record.nth <= {{ most }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by enterprise_id, indicator_code order by nth asc, event_on desc, record_id desc
        ) as place
    from handed_out
)

select
    enterprise_id,
    {{ columns | join(",\n    ") }}
from ranked
where place <= {{ most }}
