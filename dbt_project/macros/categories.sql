{#- Which of several categories is the worst: as the catalogue in force says, not as a model remembers it. -#}

{#- How bad a category is among the others of an indicator, as a SQL expression: a whole number, the worst one highest, 0 for a
    category that is not listed. The risks of the indicator's bands decide, so that a version that weighs a category
    differently also orders it differently. `categories`, worst first, decides between equal risks, and alone where the
    version in force has no bands for the indicator. -#}
{% macro category_rank(indicator, column, categories) -%}
    {%- set risks = {} -%}
    {%- for band in catalogue_rows("bands") if band["code"] == indicator and band["category"] -%}
        {%- do risks.update({band["category"]: band["risk"] | float}) -%}
    {%- endfor -%}
    {%- set rows = [] -%}
    {%- for category in categories -%}
        {%- do rows.append({"category": category, "risk": risks.get(category, 0)}) -%}
    {%- endfor -%}
    case {{ column }}
        {%- for row in rows | sort(attribute="risk", reverse=true) %} when '{{ row["category"] }}' then {{ loop.revindex }}{% endfor %} else 0 end
{%- endmacro %}
