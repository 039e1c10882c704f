{#- From values to points. Each macro writes the columns of one step of `enterprise_score`, in order of indicator code.

    Points of an indicator are weight x risk / 100 of its band (r_). They are added up in the level 2, the level 1 and the
    total, each held between its floor and its cap: where the cap binds, all points that add are reduced in proportion, so
    that subtotal = cap; where the floor binds, all points that take away are. What counts (p_) is rounded so that the
    parts add up to the rounded whole: p_i = round(s_i) - round(s_i-1), s being the running sum. -#}

{#- Band in which the value of an indicator lies; null where the value is unknown. A category without a band also gives null,
    which the test `every_value_has_a_band` refuses. -#}
{% macro band_of(indicator, value) -%}
    {%- set bands = indicator["bands"] | sort(attribute="band") -%}
    case
    {%- if indicator["kind"] == "categorical" -%}
        {%- for band in bands %} when {{ value }} = '{{ band["category"] | replace("'", "''") }}' then {{ band["band"] }}{% endfor %}
    {%- else -%}
        {%- for band in bands[:-1] %} when {{ value }} < {{ band["upper"] }} then {{ band["band"] }}{% endfor %}
        {%- if bands %} when {{ value }} is not null then {{ bands[-1]["band"] }}{% endif %}
    {%- endif %} end
{%- endmacro %}

{#- Points of a band before caps; null where the band is. -#}
{% macro points_of(indicator, band) -%}
    case {{ band }}{% for one in indicator["bands"] %} when {{ one["band"] }} then {{ one["points"] }}{% endfor %} end
{%- endmacro %}

{#- Whether the band in which a value lies gives or takes points before caps, as a boolean SQL expression, never null. Bands
    beside each other that are alike in this are one, so that most indicators are one comparison. -#}
{% macro has_points(indicator, value) -%}
    {%- set bands = indicator["bands"] | sort(attribute="band") -%}
    {%- set runs = [] -%}
    {%- for band in bands -%}
        {%- set pointed = (band["points"] | float) != 0 -%}
        {%- if runs and runs[-1]["pointed"] == pointed and indicator["kind"] != "categorical" -%}
            {%- do runs[-1].update({"upper": band["upper"]}) -%}
        {%- else -%}
            {%- do runs.append({"pointed": pointed, "upper": band["upper"], "category": band["category"]}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if indicator["kind"] == "categorical" -%}
        {%- set categories = [] -%}
        {%- for run in runs if run["pointed"] -%}
            {%- do categories.append("'" ~ run["category"] | replace("'", "''") ~ "'") -%}
        {%- endfor -%}
        coalesce({{ value ~ " in (" ~ categories | join(", ") ~ ")" if categories else "false" }}, false)
    {%- else -%}
        coalesce(case
        {%- for run in runs[:-1] %} when {{ value }} < {{ run["upper"] }} then {{ run["pointed"] | lower }}{% endfor %}
        {%- if runs %} when {{ value }} is not null then {{ runs[-1]["pointed"] | lower }}{% else %} when false then false{% endif %} end, false)
    {%- endif -%}
{%- endmacro %}

{#- Band number of each indicator (b_) under one version; null where it is not in force. -#}
{% macro band_columns(rules, codes) -%}
    {%- for code in codes -%}
        {%- if code in rules["indicators"] -%}
    {{ band_of(rules["indicators"][code], "v_" ~ code | lower) }}
        {%- else -%}
    cast(null as integer)
        {%- endif %} as b_{{ code | lower }}
        {%- if not loop.last -%}, {% endif %}
    {%- endfor -%}
{%- endmacro %}

{#- Points of each indicator before caps (r_) under one version; null where unknown or not in force. -#}
{% macro raw_point_columns(rules, codes) -%}
    {%- for code in codes -%}
    cast({% if code in rules["indicators"] %}{{ points_of(rules["indicators"][code], "b_" ~ code | lower) }}{% else %}null{% endif %} as decimal(9, 2)) as r_{{ code | lower }}
        {%- if not loop.last -%}, {% endif %}
    {%- endfor -%}
{%- endmacro %}

{#- What an indicator's column is for a row of any version: `written` is version -> SQL, and a version that does not have the
    indicator gives null. Rows have `version_no`, the version's place in the list of `versions`. -#}
{% macro by_version(versions, written) -%}
    {%- set same = {} -%}
    {%- for version, expression in written.items() -%}
        {%- do same.setdefault(expression, []).append(versions.index(version) + 1) -%}
    {%- endfor -%}
    case
    {%- for expression, numbers in same.items() %} when version_no in ({{ numbers | join(", ") }}) then {{ expression }}{% endfor %} end
{%- endmacro %}

{#- Codes of the levels in force that begin with `prefix`: level 1 has three characters, level 2 five. -#}
{% macro level_codes(rules, size, prefix="") -%}
    {{ return(levels_of(rules["indicators"], size, prefix)) }}
{%- endmacro %}

{#- The same for any codes of indicators, in their order. -#}
{% macro levels_of(codes, size, prefix="") -%}
    {%- set levels = [] -%}
    {%- for code in codes if code.startswith(prefix) and code[:size] not in levels -%}
        {%- do levels.append(code[:size]) -%}
    {%- endfor -%}
    {{ return(levels) }}
{%- endmacro %}

{#- Sums of each level 2: added points (add_) and offsets (off_), before its cap. -#}
{% macro level2_sum_columns(rules) -%}
    {%- set columns = [] -%}
    {%- for level in level_codes(rules, 5) -%}
        {%- set adding = [] -%}
        {%- set taking = [] -%}
        {%- for code, indicator in rules["indicators"].items() if code.startswith(level) -%}
            {%- set points = "coalesce(r_" ~ (code | lower) ~ ", 0)" -%}
            {%- do adding.append("greatest(" ~ points ~ ", 0)" if indicator["offsets"] else points) -%}
            {%- if indicator["offsets"] -%}{%- do taking.append("least(" ~ points ~ ", 0)") -%}{%- endif -%}
        {%- endfor -%}
        {%- do columns.append("cast(" ~ adding | join(" + ") ~ " as double) as add_" ~ level | lower) -%}
        {%- do columns.append("cast(" ~ (taking | join(" + ") or "0") ~ " as double) as off_" ~ level | lower) -%}
    {%- endfor -%}
    {{ columns | join(",\n    ") }}
{%- endmacro %}

{#- Sums of each level 1: what its levels 2 contribute after their own caps. -#}
{% macro level1_sum_columns(rules) -%}
    {%- set columns = [] -%}
    {%- for level in level_codes(rules, 3) -%}
        {%- for kind, factor in (("add", "up"), ("off", "down")) -%}
            {%- set parts = [] -%}
            {%- for part in level_codes(rules, 5, level) -%}
                {%- do parts.append(kind ~ "_" ~ (part | lower) ~ " * " ~ factor ~ "_" ~ (part | lower)) -%}
            {%- endfor -%}
            {%- do columns.append(parts | join(" + ") ~ " as " ~ kind ~ "_" ~ (level | lower)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ columns | join(",\n    ") }}
{%- endmacro %}

{#- By what each level's added points (up_) and offsets (down_) are multiplied so that it stays between floor and cap. -#}
{% macro factor_columns(rules, size) -%}
    {%- set columns = [] -%}
    {%- for code in level_codes(rules, size) -%}
        {%- set cap = rules["caps"][code]["cap"] -%}
        {%- set floor = rules["caps"][code]["floor"] -%}
        {%- set level = code | lower -%}
        {%- do columns.append(
            "case when add_" ~ level ~ " + off_" ~ level ~ " > " ~ cap
            ~ " then (" ~ cap ~ " - off_" ~ level ~ ") / add_" ~ level ~ " else 1.0 end as up_" ~ level
        ) -%}
        {%- do columns.append(
            "case when add_" ~ level ~ " + off_" ~ level ~ " < " ~ floor
            ~ " then (" ~ floor ~ " - add_" ~ level ~ ") / off_" ~ level ~ " else 1.0 end as down_" ~ level
        ) -%}
    {%- endfor -%}
    {{ columns | join(",\n    ") }}
{%- endmacro %}

{#- By what everything is multiplied so that the total stays within its cap. -#}
{% macro total_factor(rules) -%}
    {%- set most = rules["caps"]["TOTAL"]["cap"] -%}
    {%- set parts = [] -%}
    {%- for code in level_codes(rules, 3) -%}
        {%- set level = code | lower -%}
        {%- do parts.append("add_" ~ level ~ " * up_" ~ level ~ " + off_" ~ level ~ " * down_" ~ level) -%}
    {%- endfor -%}
    {%- set total = parts | join(" + ") -%}
    case when {{ total }} > {{ most }} then {{ most }} / ({{ total }}) else 1.0 end
{%- endmacro %}

{#- Points of each indicator after all caps, not yet rounded (c_). -#}
{% macro unrounded_columns(rules) -%}
    {%- set columns = [] -%}
    {%- for code, indicator in rules["indicators"].items() -%}
        {%- set points = "coalesce(r_" ~ (code | lower) ~ ", 0)" -%}
        {%- set l1 = code[:3] | lower -%}
        {%- set l2 = code[:5] | lower -%}
        {%- set up = "up_" ~ l2 ~ " * up_" ~ l1 -%}
        {%- if indicator["offsets"] -%}
            {%- set up = "case when " ~ points ~ " < 0 then down_" ~ l2 ~ " * down_" ~ l1 ~ " else " ~ up ~ " end" -%}
        {%- endif -%}
        {%- do columns.append(points ~ " * " ~ up ~ " * up_total as c_" ~ (code | lower)) -%}
    {%- endfor -%}
    {{ columns | join(",\n    ") }}
{%- endmacro %}

{#- Running sums (s_) over the indicators of one level 1, from the last running sum of the level 1 before. A step for each
    level 1, because the text of a sum grows with every part that it repeats. -#}
{% macro running_columns(rules, level, start) -%}
    {%- set columns = [] -%}
    {%- set sum = namespace(text=start) -%}
    {%- for code in rules["indicators"] if code.startswith(level) -%}
        {%- set sum.text = sum.text ~ " + c_" ~ (code | lower) -%}
        {%- do columns.append(sum.text ~ " as s_" ~ (code | lower)) -%}
    {%- endfor -%}
    {{ columns | join(",\n    ") }}
{%- endmacro %}

{#- Whether any cap or floor binds, for which most enterprises are too well off. -#}
{% macro is_capped(rules) -%}
    {%- set parts = ["up_total <> 1"] -%}
    {%- for level in level_codes(rules, 3) + level_codes(rules, 5) -%}
        {%- do parts.extend(["up_" ~ level | lower ~ " <> 1", "down_" ~ level | lower ~ " <> 1"]) -%}
    {%- endfor -%}
    {{ parts | join(" or ") }}
{%- endmacro %}

{#- Counted points of each indicator, which add up to the score to the cent; null where not in force. A number is rounded, half
    away from zero, as it becomes a decimal. Where nothing is capped the points count as they are: sums of cents need no
    rounding, and rounding 81 sums is what takes longest. -#}
{% macro counted_point_columns(rules, codes) -%}
    {%- set columns = [] -%}
    {%- set before = namespace(text="0") -%}
    {%- for code in codes -%}
        {%- if code in rules["indicators"] -%}
            {%- set now = "cast(s_" ~ (code | lower) ~ " as decimal(9, 2))" -%}
            {%- do columns.append(
                "case when capped then cast(" ~ now ~ " - " ~ before.text ~ " as decimal(9, 2)) else coalesce(r_"
                ~ (code | lower) ~ ", cast(0 as decimal(9, 2))) end as p_" ~ (code | lower)
            ) -%}
            {%- set before.text = now -%}
        {%- else -%}
            {%- do columns.append("cast(null as decimal(9, 2)) as p_" ~ (code | lower)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ columns | join(",\n    ") }}
{%- endmacro %}

{#- Subtotals of the counted points: l1_h01 ..., l2_h0101 ...; null where nothing of the level is in force. -#}
{% macro subtotal_columns(rules, codes) -%}
    {%- set columns = [] -%}
    {%- for size, name in ((3, "l1_"), (5, "l2_")) -%}
        {%- for level in levels_of(codes, size) -%}
            {%- set parts = [] -%}
            {%- for code in rules["indicators"] if code.startswith(level) -%}
                {%- do parts.append("p_" ~ code | lower) -%}
            {%- endfor -%}
            {%- do columns.append(
                "cast(" ~ (parts | join(" + ") or "null") ~ " as decimal(7, 2)) as " ~ name ~ (level | lower)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ columns | join(",\n    ") }}
{%- endmacro %}
