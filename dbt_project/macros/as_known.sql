{#- What was known about a feed at the end of the month in force: one row per key of its contract.

    Rows received later do not exist yet. A delivery that a corrected one replaced as a whole is gone from the month in
    which the correction came. Of several rows with one key the latest received counts: the others are in replaced_row, so
    that no reader has to look for them. Adds record_id, by which a factor names the row it rests on, and record_key, by
    which a person names it.

    What was decided about a record stands beside it, from the month in which the decision was received:
    repair_ref   column by which a credit repair (信用修复, c05_repairs) names a row; adds repaired_on
    objections   an enterprise may object (异议, s01_objections): a row whose objection was upheld is gone, earlier months
                 keep it; adds review_since, the day of an objection that is still open

    A row without a code has the enterprise that was found by its name (record_link), from the month of that decision on:
    name         SQL of the name that stands for the enterprise of a row of which none was found (replaced_by_name); adds
                 link_confidence, null for a row with a code
    coded        the contract demands a code: a row of which no enterprise was found stays out -#}
{% macro as_known(feed, columns, record_key, repair_ref=none, objections=false, name=none, coded=false) -%}
{%- set enterprise = "coalesce(raw_rows.enterprise_id, links.enterprise_id)" -%}
with received as (
    select
        {%- for column in columns %}
        {{ enterprise ~ " as enterprise_id" if name and column == "enterprise_id" else "raw_rows." ~ column }},
        {%- endfor %}
        {%- if name %}
        links.link_confidence,
        {%- endif %}
        raw_rows.received_month,
        raw_rows.delivery_id || ':' || cast(raw_rows.row_no as varchar) as record_id,
        {%- if record_key | length == 1 %}
        coalesce(cast(raw_rows.{{ record_key[0] }} as varchar), '') as record_key
        {%- else %}
        concat_ws('|' {%- for part in record_key %}, cast(raw_rows.{{ part }} as varchar){% endfor %}) as record_key
        {%- endif %}
    from {{ source("raw", feed) }} as raw_rows
    {{ without_superseded("raw_rows", feed) }}
    {{ without_replaced("raw_rows", feed, name) }}
    {%- if name %}
    -- null for a row with a code, which so finds no link; a second condition would compare every row with every link
    left join {{ ref("record_link") }} as links
        on links.feed = '{{ feed }}'
            and links.record_id = case
                when raw_rows.enterprise_id is null
                    then raw_rows.delivery_id || ':' || cast(raw_rows.row_no as varchar)
            end
    {%- endif %}
    where raw_rows.received_month <= {{ month() }}
)
{%- if repair_ref %},

repairs as (
    select
        enterprise_id as repaired_enterprise,
        -- a listing is named by its day, in whichever form the decision writes it
        coalesce(cast(try_cast(repaired_ref as date) as varchar), repaired_ref) as repaired_ref,
        min(decided_on) as repaired_on
    from {{ ref("stg_c05_repairs") }}
    where
        repaired_feed = '{{ feed }}'
        and decided_on <= {{ month_end() }}
    group by 1, 2
)
{%- endif %}
{%- if objections %},

objections as (
    select
        enterprise_id as objecting_enterprise,
        record_key as objected_key,
        bool_or(state = '2' and decided_on <= {{ month_end() }}) as upheld,
        min(filed_on) filter (where state = '1' and filed_on <= {{ month_end() }}) as review_since
    from {{ ref("stg_s01_objections") }}
    where feed = '{{ feed }}'
    group by enterprise_id, record_key
)
{%- endif %}

select
    {%- for column in columns %}
    received.{{ column }},
    {%- endfor %}
    received.received_month,
    received.record_id,
    received.record_key
    {%- if name %},
    received.link_confidence
    {%- endif %}
    {%- if repair_ref %},
    repairs.repaired_on
    {%- endif %}
    {%- if objections %},
    objections.review_since
    {%- endif %}
from received
{%- if repair_ref %}
left join repairs
    on received.enterprise_id = repairs.repaired_enterprise
        and cast(received.{{ repair_ref }} as varchar) = repairs.repaired_ref
{%- endif %}
{%- if objections %}
left join objections
    on received.enterprise_id = objections.objecting_enterprise
        and received.record_key = objections.objected_key
{%- endif %}
{%- if coded and name %}
where received.enterprise_id is not null
    {%- if objections %}
    and not coalesce(objections.upheld, false)
    {%- endif %}
{%- elif objections %}
where not coalesce(objections.upheld, false)
{%- endif %}
{%- endmacro %}

{#- Whether a feed is fresh in the month in force, as a boolean SQL expression, never null. -#}
{% macro fresh(feed) -%}
    (select coalesce(bool_or(f.fresh), false) from {{ ref("feed_freshness") }} as f where f.feed = '{{ feed }}')
{%- endmacro %}
