{#- Which raw rows stand: of several with one key the one received last, and none of a delivery that was replaced. -#}

{#- 'yes' where rows of a feed can be `replaced` by a later row with their key, or `superseded` with their whole delivery, at
    the end of the month in force; else nothing, and a reader saves the join. The lists of feeds come as ECR_STANDING. -#}
{% macro may_be(what, feed) -%}
    {{ "yes" if feed in (fromjson(env_var("ECR_STANDING", "{}")) or {}).get(what, [feed]) }}
{%- endmacro %}

{#- Leaves out rows of deliveries that a corrected one had replaced as a whole by the end of the month in force. A join in
    the open: DuckDB makes a detour over the distinct rows of `not exists` where the other side is a union. -#}
{% macro without_superseded(row, feed) -%}
    {%- set superseded_delivery = ref("superseded_delivery") -%}
    {%- if may_be("superseded", feed) -%}
    anti join {{ superseded_delivery }} as superseded
            on superseded.feed = '{{ feed }}' and superseded.delivery_id = {{ row }}.delivery_id
    {%- endif %}
{%- endmacro %}

{#- Leaves out rows that a later one has replaced by the end of the month in force. -#}
{% macro without_replaced(row, feed, name=none) -%}
    {%- set replaced_row = ref("replaced_row") -%}
    {%- if name or may_be("replaced", feed) -%}
    anti join {{ replaced_row }} as replaced
            on replaced.feed = '{{ feed }}'
                and replaced.delivery_id = {{ row }}.delivery_id
                and replaced.row_no = {{ row }}.row_no
    {%- endif %}
{%- endmacro %}

{#- Replaced rows of a feed whose rows may be found by name, as far as a row without a code has to do with it: rows without
    a code have the key of the enterprise that was found (record_link), else of their name, so what they replace, and what
    replaces them, changes with what is known. Rows with a code that share no key with them are left to `replaced`.
    key     key of the contract, enterprise_id in it
    name    SQL of the name that stands for the enterprise of a row of which none was found -#}
{% macro replaced_by_name(feed, key, name) -%}
select
    '{{ feed }}' as feed,
    recent.delivery_id,
    recent.row_no
from (
    with found as (
        select
            {%- for column in key if column != "enterprise_id" %}
            raw_rows.{{ column }},
            {%- endfor %}
            coalesce(links.enterprise_id, {{ name }}) as enterprise_id,
            raw_rows.received_month,
            raw_rows.delivery_id,
            raw_rows.row_no
        from {{ source("raw", feed) }} as raw_rows
        {{ without_superseded("raw_rows", feed) }}
        left join {{ ref("record_link") }} as links
            on links.feed = '{{ feed }}'
                and links.record_id = raw_rows.delivery_id || ':' || cast(raw_rows.row_no as varchar)
        where raw_rows.enterprise_id is null and raw_rows.received_month <= {{ month() }}
    ),

    alike as (
        select * from found
        union all
        select
            {%- for column in key if column != "enterprise_id" %}
            raw_rows.{{ column }},
            {%- endfor %}
            raw_rows.enterprise_id,
            raw_rows.received_month,
            raw_rows.delivery_id,
            raw_rows.row_no
        from {{ source("raw", feed) }} as raw_rows
        {{ without_superseded("raw_rows", feed) }}
        semi join found
            on true
                {%- for column in key %}
                and found.{{ column }} is not distinct from raw_rows.{{ column }}
                {%- endfor %}
        where raw_rows.enterprise_id is not null and raw_rows.received_month <= {{ month() }}
    )

    select
        delivery_id,
        row_no,
        row_number() over (
            partition by {{ key | join(", ") }}
            order by received_month desc, delivery_id desc, row_no desc
        ) as recency
    from alike
) as recent
where recent.recency > 1
{%- endmacro %}
