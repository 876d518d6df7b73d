"""What alerts say, in English, French, Russian and Chinese: templates with slots in braces.

Texts for the public: short sentences, one instruction each, no names of weapons. An exercise and a
test share no sentence with an alert, and each of their texts begins and ends with the word.
"""

PRE_ALERT, ALERT, UPDATE = "pre-alert", "alert", "update"
ALL_CLEAR, CANCEL, EXERCISE_TEXT, TEST_TEXT = "all-clear", "cancel", "exercise", "test"
KINDS = (PRE_ALERT, ALERT, UPDATE, ALL_CLEAR, CANCEL, EXERCISE_TEXT, TEST_TEXT)
"""What an alert is. A cancel says that an alert was wrong; an all-clear, that a threat is over."""

ENGLISH, FRENCH, RUSSIAN, CHINESE = "en", "fr", "ru", "zh"
LANGUAGES = (ENGLISH, FRENCH, RUSSIAN, CHINESE)

MARKS = {
    ENGLISH: {EXERCISE_TEXT: "EXERCISE", TEST_TEXT: "TEST"},
    FRENCH: {EXERCISE_TEXT: "EXERCICE", TEST_TEXT: "ESSAI"},
    RUSSIAN: {EXERCISE_TEXT: "УЧЕНИЯ", TEST_TEXT: "ПРОВЕРКА"},
    CHINESE: {EXERCISE_TEXT: "演习", TEST_TEXT: "测试"},
}
"""The word that each text of an exercise or a test begins and ends with."""

EVENT_NAMES = {
    ENGLISH: "Missile warning",
    FRENCH: "Alerte aux missiles",
    RUSSIAN: "Ракетная опасность",
    CHINESE: "导弹预警",
}

Texts = tuple[str, str, str]
"""Headline, description, instruction."""

TEMPLATES: dict[str, dict[str, Texts]] = {
    ENGLISH: {
        PRE_ALERT: (
            "Missile warning: be ready to take shelter. {areas}",
            "A missile launch has been detected. It may come down in or near: {areas}. {arrival} "
            "The exact place is not known yet.",
            "Find out now where you will take shelter, and stay near it. Keep away from windows. "
            "Follow the official channels. If an alert follows, take shelter at once.",
        ),
        ALERT: (
            "Missile alert: take shelter now. {areas}",
            "A missile is expected to come down in or near: {areas}. {arrival}",
            "Take shelter now. Go into a solid building or below ground. If you cannot, lie down "
            "and protect your head with your arms. Keep away from windows. Stay in shelter until "
            "you hear the all-clear.",
        ),
        UPDATE: (
            "Missile alert, new information: take shelter now. {areas}",
            "The missile alert has changed. It now holds for: {areas}. {arrival}",
            "If you are in one of these areas, take shelter now, or stay in it. Keep away from "
            "windows. Stay in shelter until you hear the all-clear.",
        ),
        ALL_CLEAR: (
            "All clear: the missile alert has ended. {areas}",
            "{why} The missile alert has ended for: {areas}.",
            "You may leave your shelter. Do not touch debris. Keep away from it and report it to "
            "the emergency services.",
        ),
        CANCEL: (
            "FALSE ALARM: the missile alert was wrong. {areas}",
            "The missile alert issued at {issued} for: {areas}, was a false alarm. "
            "There was no danger. {why}",
            "You may leave your shelter. Please tell people around you that it was a false alarm.",
        ),
        EXERCISE_TEXT: (
            "EXERCISE: this is only an exercise. {areas} EXERCISE",
            "EXERCISE. This message is part of a civil protection exercise in: {areas}. No missile "
            "has been launched. There is no danger. EXERCISE",
            "EXERCISE. If you do not take part in the exercise, you need do nothing. EXERCISE",
        ),
        TEST_TEXT: (
            "TEST: this is only a technical test. {areas} TEST",
            "TEST. The warning system is being tested in: {areas}. No missile has been launched. "
            "There is no danger. TEST",
            "TEST. You need do nothing. TEST",
        ),
    },
    FRENCH: {
        PRE_ALERT: (
            "Menace de missile : préparez-vous à vous mettre à l'abri. {areas}",
            "Un tir de missile a été détecté. Le missile pourrait tomber dans les zones suivantes "
            "ou à proximité : {areas}. {arrival} Le lieu exact n'est pas encore connu.",
            "Repérez dès maintenant un abri et restez à proximité. Éloignez-vous des fenêtres. "
            "Suivez les canaux officiels. Si une alerte suit, mettez-vous à l'abri immédiatement.",
        ),
        ALERT: (
            "Alerte aux missiles : mettez-vous à l'abri maintenant. {areas}",
            "Un missile devrait tomber dans les zones suivantes ou à proximité : {areas}. "
            "{arrival}",
            "Mettez-vous à l'abri maintenant. Entrez dans un bâtiment solide ou descendez en "
            "sous-sol. Si vous ne le pouvez pas, allongez-vous et protégez votre tête avec vos "
            "bras. Éloignez-vous des fenêtres. Restez à l'abri jusqu'à la fin de l'alerte.",
        ),
        UPDATE: (
            "Alerte aux missiles, nouvelles informations : mettez-vous à l'abri. {areas}",
            "L'alerte aux missiles a changé. Elle concerne désormais : {areas}. {arrival}",
            "Si vous êtes dans l'une de ces zones, mettez-vous à l'abri maintenant ou restez-y. "
            "Éloignez-vous des fenêtres. Restez à l'abri jusqu'à la fin de l'alerte.",
        ),
        ALL_CLEAR: (
            "Fin de l'alerte aux missiles. {areas}",
            "{why} L'alerte aux missiles est terminée pour : {areas}.",
            "Vous pouvez quitter votre abri. Ne touchez aucun débris. Éloignez-vous-en et "
            "signalez-le aux secours.",
        ),
        CANCEL: (
            "FAUSSE ALERTE : l'alerte aux missiles était une erreur. {areas}",
            "L'alerte aux missiles émise à {issued} pour : {areas}, était une fausse alerte. "
            "Il n'y avait aucun danger. {why}",
            "Vous pouvez quitter votre abri. Dites autour de vous qu'il s'agissait d'une fausse "
            "alerte.",
        ),
        EXERCISE_TEXT: (
            "EXERCICE : ceci n'est qu'un exercice. {areas} EXERCICE",
            "EXERCICE. Ce message fait partie d'un exercice de protection civile. Zones : {areas}. "
            "Aucun missile n'a été tiré. Il n'y a aucun danger. EXERCICE",
            "EXERCICE. Si vous ne participez pas à l'exercice, vous n'avez rien à faire. EXERCICE",
        ),
        TEST_TEXT: (
            "ESSAI : ceci n'est qu'un essai technique. {areas} ESSAI",
            "ESSAI. Le système d'alerte est à l'essai. Zones : {areas}. Aucun missile n'a été "
            "tiré. Il n'y a aucun danger. ESSAI",
            "ESSAI. Vous n'avez rien à faire. ESSAI",
        ),
    },
    RUSSIAN: {
        PRE_ALERT: (
            "Ракетная опасность: будьте готовы идти в укрытие. {areas}",
            "Обнаружен пуск ракеты. Возможно падение в следующих районах или рядом с ними: "
            "{areas}. {arrival} Точное место пока неизвестно.",
            "Заранее выберите укрытие и оставайтесь рядом с ним. Держитесь подальше от окон. "
            "Следите за официальными сообщениями. Если объявят тревогу, немедленно идите в "
            "укрытие.",
        ),
        ALERT: (
            "Ракетная тревога: немедленно в укрытие. {areas}",
            "Ожидается падение ракеты в следующих районах или рядом с ними: {areas}. {arrival}",
            "Немедленно идите в укрытие. Войдите в прочное здание или спуститесь в подвал. Если "
            "это невозможно, лягте и закройте голову руками. Держитесь подальше от окон. "
            "Оставайтесь в укрытии до отбоя тревоги.",
        ),
        UPDATE: (
            "Ракетная тревога, новые сведения: немедленно в укрытие. {areas}",
            "Сведения о ракетной тревоге изменились. Теперь она действует в следующих районах: "
            "{areas}. {arrival}",
            "Если вы находитесь в одном из этих районов, немедленно идите в укрытие или "
            "оставайтесь в нём. Держитесь подальше от окон. Оставайтесь в укрытии до отбоя "
            "тревоги.",
        ),
        ALL_CLEAR: (
            "Отбой ракетной тревоги. {areas}",
            "{why} Отбой ракетной тревоги в следующих районах: {areas}.",
            "Можно выйти из укрытия. Не трогайте обломки. Отойдите от них и сообщите о них в "
            "экстренные службы.",
        ),
        CANCEL: (
            "ЛОЖНАЯ ТРЕВОГА: ракетная тревога объявлена ошибочно. {areas}",
            "Ракетная тревога, объявленная в {issued} в следующих районах: {areas}, была ложной. "
            "Опасности не было. {why}",
            "Можно выйти из укрытия. Сообщите окружающим, что тревога была ложной.",
        ),
        EXERCISE_TEXT: (
            "УЧЕНИЯ: это только учения. {areas} УЧЕНИЯ",
            "УЧЕНИЯ. Это сообщение передаётся в ходе учений по гражданской обороне. Районы: "
            "{areas}. Пуска ракеты не было. Опасности нет. УЧЕНИЯ",
            "УЧЕНИЯ. Если вы не участвуете в учениях, делать ничего не нужно. УЧЕНИЯ",
        ),
        TEST_TEXT: (
            "ПРОВЕРКА: это только техническая проверка. {areas} ПРОВЕРКА",
            "ПРОВЕРКА. Проверяется система оповещения. Районы: {areas}. Пуска ракеты не было. "
            "Опасности нет. ПРОВЕРКА",
            "ПРОВЕРКА. Делать ничего не нужно. ПРОВЕРКА",
        ),
    },
    CHINESE: {
        PRE_ALERT: (
            "导弹预警：请做好避险准备。{areas}",
            "已探测到导弹发射。导弹可能落在以下地区或其附近：{areas}。{arrival}确切地点尚不清楚。",
            "请立即确定避险场所，并留在其附近。请远离窗户。请关注官方渠道。如发布警报，请立即避险。",
        ),
        ALERT: (
            "导弹警报：请立即避险。{areas}",
            "预计导弹将落在以下地区或其附近：{areas}。{arrival}",
            "请立即避险。请进入坚固的建筑物或地下。如无法做到，请卧倒并用双臂护住头部。"
            "请远离窗户。警报解除之前，请留在避险场所。",
        ),
        UPDATE: (
            "导弹警报最新情况：请立即避险。{areas}",
            "导弹警报内容有变。目前适用于以下地区：{areas}。{arrival}",
            "如果您在上述地区，请立即避险或继续避险。请远离窗户。警报解除之前，请留在避险场所。",
        ),
        ALL_CLEAR: (
            "导弹警报解除。{areas}",
            "{why}以下地区的导弹警报已解除：{areas}。",
            "您可以离开避险场所。请勿触碰残骸。请远离残骸，并向应急部门报告。",
        ),
        CANCEL: (
            "误报：此前的导弹警报有误。{areas}",
            "{issued}针对以下地区发布的导弹警报是误报：{areas}。当时并无危险。{why}",
            "您可以离开避险场所。请告知身边的人：这是一次误报。",
        ),
        EXERCISE_TEXT: (
            "演习：这只是演习。{areas} 演习",
            "演习。本消息是民防演习的一部分。演习地区：{areas}。没有导弹发射。没有危险。演习",
            "演习。如果您不参加演习，则无需采取任何行动。演习",
        ),
        TEST_TEXT: (
            "测试：这只是技术测试。{areas} 测试",
            "测试。预警系统正在进行测试。测试地区：{areas}。没有导弹发射。没有危险。测试",
            "测试。您无需采取任何行动。测试",
        ),
    },
}

AT, WITHIN, PAST, WINDOW, UNKNOWN = "at", "within", "past", "window", "unknown"
DROPPED, OTHERS = "dropped", "others"

SENTENCES: dict[str, dict[str, str]] = {
    ENGLISH: {
        AT: "Expected arrival: {time}, in about {minutes} (between {earliest} and {latest}).",
        WITHIN: "Expected arrival: {time}, in less than a minute "
        "(between {earliest} and {latest}).",
        PAST: "THIS ALERT IS LATE: arrival was expected at {time}, {minutes} ago. "
        "Act as if the danger is still there.",
        WINDOW: "It may arrive between {earliest} and {latest}.",
        UNKNOWN: "The time of arrival is not known.",
        DROPPED: "It no longer holds for: {areas}.",
        OTHERS: "ANOTHER ALERT IS STILL IN FORCE in: {areas}. Stay in shelter there.",
    },
    FRENCH: {
        AT: "Arrivée prévue : {time}, dans environ {minutes} (entre {earliest} et {latest}).",
        WITHIN: "Arrivée prévue : {time}, dans moins d'une minute (entre {earliest} et {latest}).",
        PAST: "CETTE ALERTE EST TARDIVE : l'arrivée était prévue à {time}, il y a {minutes}. "
        "Agissez comme si le danger était toujours présent.",
        WINDOW: "Le missile pourrait arriver entre {earliest} et {latest}.",
        UNKNOWN: "L'heure d'arrivée n'est pas connue.",
        DROPPED: "Elle ne concerne plus : {areas}.",
        OTHERS: "UNE AUTRE ALERTE EST TOUJOURS EN COURS. Zones : {areas}. Restez-y à l'abri.",
    },
    RUSSIAN: {
        AT: "Ожидаемое время прилёта: {time}, примерно через {minutes} "
        "(между {earliest} и {latest}).",
        WITHIN: "Ожидаемое время прилёта: {time}, менее чем через минуту "
        "(между {earliest} и {latest}).",
        PAST: "ТРЕВОГА ОБЪЯВЛЕНА С ОПОЗДАНИЕМ: прилёт ожидался в {time}, {minutes} назад. "
        "Действуйте так, как будто опасность сохраняется.",
        WINDOW: "Прилёт возможен между {earliest} и {latest}.",
        UNKNOWN: "Время прилёта неизвестно.",
        DROPPED: "Она больше не действует в следующих районах: {areas}.",
        OTHERS: "ДРУГАЯ ТРЕВОГА ПРОДОЛЖАЕТСЯ. Районы: {areas}. Оставайтесь там в укрытии.",
    },
    CHINESE: {
        AT: "预计到达时间：{time}，约{minutes}后（{earliest}至{latest}之间）。",
        WITHIN: "预计到达时间：{time}，不到1分钟（{earliest}至{latest}之间）。",
        PAST: "本警报发布已晚：原预计{time}到达，即{minutes}前。请按危险仍然存在采取行动。",
        WINDOW: "可能在{earliest}至{latest}之间到达。",
        UNKNOWN: "到达时间不明。",
        DROPPED: "以下地区不再适用：{areas}。",
        OTHERS: "另一警报仍然有效，地区：{areas}。请在当地继续避险。",
    },
}
"""Sentences that stand in a template's slots or after its description."""
