{#- What H0704 and its evidence share about pledges (出质) and mortgages (抵押) in the registers of C11. -#}

{#- Whether a registered security is valid (有效) on the last day of the month, as a boolean SQL expression: not ended by
    then, or without an end and in state 1. -#}
{% macro is_valid_security(security) -%}
    case
        when {{ security }}.ended_on is null then {{ security }}.state = '1'
        else {{ security }}.ended_on > {{ month_end() }}
    end
{%- endmacro %}

{#- Whether an equity freeze (股权冻结) is live on the last day of the month: neither lifted by then nor past its own last day. -#}
{% macro is_live_freeze(frozen) -%}
    (
        ({{ frozen }}.ended_on is null or {{ frozen }}.ended_on > {{ month_end() }})
        and ({{ frozen }}.frozen_to is null or {{ frozen }}.frozen_to >= {{ month_end() }})
    )
{%- endmacro %}
