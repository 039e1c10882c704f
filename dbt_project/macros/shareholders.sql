{#- What H0101, H0103, H0201 and their evidence share about rows of stg_c01_shareholders (股东及出资). -#}

{#- Whether a shareholding is in force on the last day of the month, as a boolean SQL expression: taken by then, and not
    given up on or before it. -#}
{% macro is_held(holder) -%}
    (
        {{ holder }}.contributed_on <= {{ month_end() }}
        and ({{ holder }}.left_on is null or {{ holder }}.left_on > {{ month_end() }})
    )
{%- endmacro %}

{#- Kind of a shareholder as H010303 bands it: state | corporate | natural | shell; null where it cannot be told. The
    type of investor says it; where that is empty, or says no more than "overseas" (30) or "other" (90), the kind of
    holder does. -#}
{% macro shareholder_kind(holder) -%}
    case
        when {{ holder }}.investor_type in ('35', '36') then 'shell'
        when {{ holder }}.investor_type in ('21', '22') then 'state'
        when {{ holder }}.investor_type = '20' then 'corporate'
        when {{ holder }}.investor_type = '10' then 'natural'
        when {{ holder }}.holder_kind = '2' then 'corporate'
        when {{ holder }}.holder_kind = '1' then 'natural'
    end
{%- endmacro %}
