"""Owns the Japanese words of the commands on people."""

MESSAGES: dict[str, str] = {
    "help.population": (
        "将来人口の表と、動く地図を書き出す\n\n"
        "年・地区・年齢階級ごとの試算。地図のページは 1 ファイルで、ネットにつながずに開けます。\n\n"
        "例\n"
        "  ekisei population --years 2025-2050 --out out/population\n"
        "  ekisei population guidance-station --years 2025-2050/5 --out out/people-guided"
    ),
    "help.population.scenario": "シナリオ（省くと施策なしの将来人口）。人口に関わる変更と population: を使います",
    "help.population.years": "年。2025-2050、2025-2050/5（5年おき）、2029,2040 のように",
    "help.population.path": "総数。ipss 社人研の推計 | vision 人口ビジョン（シナリオを省いたときだけ）",
    "help.population.out": "書き出すフォルダ",
    "people.title": "将来人口（{path}）",
    "people.scenario_title": "将来人口: {title}（{path}）",
    "people.year": "年",
    "people.total": "総人口",
    "people.change": "基準年比",
    "people.measures": "施策による増減",
    "people.older": "65歳以上",
    "people.oldest": "75歳以上",
    "people.losing": "減り方が大きい地区（{year}年、基準年比）: {names}",
    "people.status": "試算。死亡率・出生率と、メッシュ別の年齢構成の多くは仮定です。",
    "people.written": "表: {table}　動く地図: {page}",
    "people.bad_years": "--years {value!r} を読めません",
    "people.years_hint": "2025-2050、2025-2050/5、2029,2040 のように書いてください",
    "people.path_and_scenario": "--path はシナリオと一緒には使えません",
    "people.path_hint": "シナリオの中に population: {{path: {path}}} と書いてください",
    "people.bad_path": "--path {value!r} はありません",
    "people.bad_path_hint": "使えるもの: {names}",
}
