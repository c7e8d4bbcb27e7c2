from fewshot_gui.jobs.events import Told, Warned


def test_a_sentence_is_handed_out_once_with_its_level():
    told = Told()
    told("The adapted backbone is used.", "info")
    told("A picture is damaged.")
    told("A picture is damaged.")
    assert list(told.news()) == [
        Warned("The adapted backbone is used.", "info"),
        Warned("A picture is damaged.", "warning"),
    ]
    assert list(told.news()) == []


def test_what_came_later_is_news_and_all_stay():
    told = Told()
    told("first")
    list(told.news())
    told("second")
    assert [event.sentence for event in told.news()] == ["second"]
    assert told.all == ("first", "second")
