"""Why an alert was wrong, or why a threat is over, in words for the public, by reason code."""

from tocsin.warning.phrases import CHINESE, ENGLISH, FRENCH, RUSSIAN

PASSED = "PASSED"
"""It was tracked past the line that it threatened to cross."""
FELL_ELSEWHERE = "FELL_ELSEWHERE"
TIME_OVER = "IMPACT_TIME_PASSED"
NOT_THREAT = "NOT_THREAT"
MISTAKE = "OPERATOR_MISTAKE"
UNSTATED = ""

_IN_ORDER = (ENGLISH, FRENCH, RUSSIAN, CHINESE)
_SAID: dict[str, tuple[str, str, str, str]] = {
    PASSED: (
        "The missile was tracked past these areas.",
        "Le missile a été suivi au-delà de ces zones.",
        "Ракета прошла мимо этих районов, это подтверждено наблюдением.",
        "经跟踪确认，导弹已飞越上述地区。",
    ),
    FELL_ELSEWHERE: (
        "The missile came down elsewhere.",
        "Le missile est tombé ailleurs.",
        "Ракета упала в другом месте.",
        "导弹已落在其他地方。",
    ),
    TIME_OVER: (
        "The expected time of arrival has passed and no further danger is seen.",
        "L'heure d'arrivée prévue est passée et aucun autre danger n'est observé.",
        "Ожидаемое время прилёта прошло, новой опасности не наблюдается.",
        "预计到达时间已过，未观测到新的危险。",
    ),
    NOT_THREAT: (
        "New measurements show that these areas are not in danger.",
        "De nouvelles mesures montrent que ces zones ne sont pas menacées.",
        "Новые измерения показали, что этим районам опасность не угрожает.",
        "新的测量结果表明，上述地区没有危险。",
    ),
    MISTAKE: (
        "The alert was sent by mistake.",
        "L'alerte a été envoyée par erreur.",
        "Сигнал был отправлен по ошибке.",
        "警报是误发的。",
    ),
    "MOON": (
        "A radar took the Moon for a missile.",
        "Un radar a pris la Lune pour un missile.",
        "Радар принял Луну за ракету.",
        "雷达把月球误认为导弹。",
    ),
    "GLINT": (
        "A satellite took reflected sunlight for a launch.",
        "Un satellite a pris un reflet du soleil pour un tir.",
        "Спутник принял солнечный блик за пуск.",
        "卫星把反射的阳光误认为发射。",
    ),
    "LINK_CORRUPT": (
        "A data link sent wrong figures.",
        "Une liaison de données a transmis des chiffres erronés.",
        "Линия связи передала неверные данные.",
        "数据链路传送了错误数据。",
    ),
    "COMMON_CAUSE": (
        "A technical fault affected several sensors at once.",
        "Une panne technique a touché plusieurs capteurs à la fois.",
        "Техническая неисправность затронула сразу несколько датчиков.",
        "一项技术故障同时影响了多个传感器。",
    ),
    "EXERCISE_DATA": (
        "Data of an exercise was taken for real.",
        "Des données d'exercice ont été prises pour réelles.",
        "Учебные данные были приняты за настоящие.",
        "演习数据被误认为真实数据。",
    ),
    "UNSIGNED": (
        "The report did not come from an authorised source.",
        "Le signalement ne venait pas d'une source autorisée.",
        "Сообщение поступило не из уполномоченного источника.",
        "报告并非来自授权来源。",
    ),
    "NO_SENSOR_SUPPORT": (
        "No sensor confirmed the report.",
        "Aucun capteur n'a confirmé le signalement.",
        "Ни один датчик не подтвердил сообщение.",
        "没有任何传感器证实该报告。",
    ),
    "CATALOGUE": (
        "The object is a known satellite.",
        "L'objet est un satellite connu.",
        "Объект оказался известным спутником.",
        "该物体是已知卫星。",
    ),
    "DECAY": (
        "The object is an old satellite or rocket part that is burning up in the air.",
        "L'objet est un ancien satellite ou un débris de fusée qui se consume dans l'atmosphère.",
        "Объект оказался старым спутником или частью ракеты, сгорающей в атмосфере.",
        "该物体是正在大气层中烧毁的旧卫星或火箭残骸。",
    ),
    "NOTICE_MATCH": (
        "The launch had been announced and is peaceful.",
        "Le tir avait été annoncé et il est pacifique.",
        "О пуске было объявлено заранее, он мирный.",
        "该发射已事先通报，属和平用途。",
    ),
    "NOT_SEEN_WHEN_DUE": (
        "Other sensors should have seen the object and saw nothing.",
        "D'autres capteurs auraient dû voir l'objet et n'ont rien vu.",
        "Другие датчики должны были увидеть объект, но ничего не увидели.",
        "其他传感器本应看到该物体，但什么也没有看到。",
    ),
    UNSTATED: (
        "The cause is being looked into.",
        "La cause est en cours d'examen.",
        "Причина выясняется.",
        "原因正在调查。",
    ),
}

CAUSES: dict[str, dict[str, str]] = {
    code: dict(zip(_IN_ORDER, said, strict=True)) for code, said in _SAID.items()
}
"""For each reason code, a sentence in each language."""

FALSE_ALARM_CODES = tuple(
    code
    for code in _SAID
    if code not in (PASSED, FELL_ELSEWHERE, TIME_OVER, NOT_THREAT, MISTAKE, UNSTATED)
)
"""Codes of an assessment that explain to the public why an alert was wrong, the plainest first."""
