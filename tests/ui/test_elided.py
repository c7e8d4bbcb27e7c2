from fewshot_gui.ui.views.elided import ElidedLabel


def test_a_label_says_less_where_there_is_no_room_and_all_of_it_in_its_tip(qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.set_texts("275 points · PCA · frozen backbone's space", "275 points · PCA")
    label.resize(1000, 20)
    assert label.shown().endswith("space")
    label.resize(label.fontMetrics().horizontalAdvance("275 points · PCA") + 4, 20)
    assert label.shown() == "275 points · PCA"
    assert "frozen backbone" in label.toolTip()


def test_a_label_that_has_no_room_for_the_short_text_ends_in_dots(qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText("a very long name of something")
    label.resize(60, 20)
    assert label.shown().endswith("…")
