<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AccuracyChart</name>
    <message numerus="yes">
        <source>%Ln figure(s)</source>
        <translation>
            <numerusform>%Ln figure</numerusform>
            <numerusform>%Ln figures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln figure(s), the newest at the right</source>
        <translation>
            <numerusform>%Ln figure, the newest at the right</numerusform>
            <numerusform>%Ln figures, the newest at the right</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AccuracyView</name>
    <message numerus="yes">
        <source>So far, on %Ln picture(s) whose class is known from folders or a table.</source>
        <translation>
            <numerusform>So far, on %Ln picture whose class is known from folders or a table.</numerusform>
            <numerusform>So far, on %Ln pictures whose class is known from folders or a table.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Measured on %Ln picture(s) whose class is known from folders or a table.</source>
        <translation>
            <numerusform>Measured on %Ln picture whose class is known from folders or a table.</numerusform>
            <numerusform>Measured on %Ln pictures whose class is known from folders or a table.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Estimated from %Ln example(s) before adapting deeper; not measured on this folder.</source>
        <translation>
            <numerusform>Estimated from %Ln example before adapting deeper; not measured on this folder.</numerusform>
            <numerusform>Estimated from %Ln examples before adapting deeper; not measured on this folder.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Estimated from %Ln example(s), each left out once; not measured on this folder.</source>
        <translation>
            <numerusform>Estimated from %Ln example, each left out once; not measured on this folder.</numerusform>
            <numerusform>Estimated from %Ln examples, each left out once; not measured on this folder.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{right} of %Ln you checked were right; you chose them.</source>
        <translation>
            <numerusform>{right} of %Ln you checked were right; you chose them.</numerusform>
            <numerusform>{right} of %Ln you checked were right; you chose them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClassCard</name>
    <message numerus="yes">
        <source>%n shot(s)</source>
        <translation>
            <numerusform>%n shot</numerusform>
            <numerusform>%n shots</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClassMenu</name>
    <message numerus="yes">
        <source>Split %n example(s) into a new class…</source>
        <translation>
            <numerusform>Split %n example into a new class…</numerusform>
            <numerusform>Split %n examples into a new class…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClassesView</name>
    <message numerus="yes">
        <source>A new class of %n example(s)</source>
        <translation>
            <numerusform>A new class of %n example</numerusform>
            <numerusform>A new class of %n examples</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConfusionView</name>
    <message numerus="yes">
        <source>%Ln picture(s) whose class is known</source>
        <translation>
            <numerusform>%Ln picture whose class is known</numerusform>
            <numerusform>%Ln pictures whose class is known</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Counted</name>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%n class</numerusform>
            <numerusform>%n classes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n example(s)</source>
        <translation>
            <numerusform>%n example</numerusform>
            <numerusform>%n examples</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>CPU, %n thread(s)</source>
        <translation>
            <numerusform>CPU, %n thread</numerusform>
            <numerusform>CPU, %n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each picture</source>
        <translation>
            <numerusform>%n view of each picture</numerusform>
            <numerusform>%n views of each picture</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>%n day ago</numerusform>
            <numerusform>%n days ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The answers for %n picture(s) are in {path}.</source>
        <translation>
            <numerusform>The answers for %n picture are in {path}.</numerusform>
            <numerusform>The answers for %n pictures are in {path}.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DropWords</name>
    <message numerus="yes">
        <source>Drop to move %n example(s)</source>
        <translation>
            <numerusform>Drop to move %n example</numerusform>
            <numerusform>Drop to move %n examples</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to make a class of %n example(s)</source>
        <translation>
            <numerusform>Drop to make a class of %n example</numerusform>
            <numerusform>Drop to make a class of %n examples</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No picture among %n file(s)</source>
        <translation>
            <numerusform>No picture among %n file</numerusform>
            <numerusform>No picture among %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to say: none of these (%n)</source>
        <translation>
            <numerusform>Drop to say: none of these (%n)</numerusform>
            <numerusform>Drop to say: none of these (%n)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) left out, not being a picture: {names}.</source>
        <translation>
            <numerusform>%n file left out, not being a picture: {names}.</numerusform>
            <numerusform>%n files left out, not being a picture: {names}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to make a class of %n picture(s)</source>
        <translation>
            <numerusform>Drop to make a class of %n picture</numerusform>
            <numerusform>Drop to make a class of %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to add %n picture(s) and the folders</source>
        <translation>
            <numerusform>Drop to add %n picture and the folders</numerusform>
            <numerusform>Drop to add %n pictures and the folders</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to add %n picture(s)</source>
        <translation>
            <numerusform>Drop to add %n picture</numerusform>
            <numerusform>Drop to add %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to add the pictures of %n folder(s)</source>
        <translation>
            <numerusform>Drop to add the pictures of %n folder</numerusform>
            <numerusform>Drop to add the pictures of %n folders</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to make %n class(es), one per folder</source>
        <translation>
            <numerusform>Drop to make %n class, one per folder</numerusform>
            <numerusform>Drop to make %n classes, one per folder</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExamplesMenu</name>
    <message numerus="yes">
        <source>Split %n example(s) into a new class…</source>
        <translation>
            <numerusform>Split %n example into a new class…</numerusform>
            <numerusform>Split %n examples into a new class…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Remove %n example(s)</source>
        <translation>
            <numerusform>Remove %n example</numerusform>
            <numerusform>Remove %n examples</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FoldersModel</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GridFoot</name>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n folder(s) ticked</source>
        <translation>
            <numerusform>%n folder ticked</numerusform>
            <numerusform>%n folders ticked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Make %n class(es)</source>
        <translation>
            <numerusform>Make %n class</numerusform>
            <numerusform>Make %n classes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LegendButton</name>
    <message numerus="yes">
        <source>%Ln point(s) on the map</source>
        <translation>
            <numerusform>%Ln point on the map</numerusform>
            <numerusform>%Ln points on the map</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message numerus="yes">
        <source>%Ln point(s)</source>
        <translation>
            <numerusform>%Ln point</numerusform>
            <numerusform>%Ln points</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NoneRow</name>
    <message numerus="yes">
        <source>%n unknown</source>
        <translation>
            <numerusform>%n unknown</numerusform>
            <numerusform>%n unknown</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PicturesJoint</name>
    <message numerus="yes">
        <source>%Ln more left out: one folder, or one table, at a time ({names}).</source>
        <translation>
            <numerusform>%Ln more left out: one folder, or one table, at a time ({names}).</numerusform>
            <numerusform>%Ln more left out: one folder, or one table, at a time ({names}).</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TruthWords</name>
    <message numerus="yes">
        <source>The true classes of %Ln picture(s) are taken from {table}.</source>
        <translation>
            <numerusform>The true classes of %Ln picture are taken from {table}.</numerusform>
            <numerusform>The true classes of %Ln pictures are taken from {table}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) name no picture of this folder, such as {name}.</source>
        <translation>
            <numerusform>%Ln row name no picture of this folder, such as {name}.</numerusform>
            <numerusform>%Ln rows name no picture of this folder, such as {name}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file name(s) are those of several pictures, such as {name}: write the path below the folder.</source>
        <translation>
            <numerusform>%Ln file name are those of several pictures, such as {name}: write the path below the folder.</numerusform>
            <numerusform>%Ln file names are those of several pictures, such as {name}: write the path below the folder.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln class(es) are none of this project&apos;s, such as {name}: their pictures are not counted.</source>
        <translation>
            <numerusform>%Ln class are none of this project&apos;s, such as {name}: their pictures are not counted.</numerusform>
            <numerusform>%Ln classes are none of this project&apos;s, such as {name}: their pictures are not counted.</numerusform>
        </translation>
    </message>
</context>
</TS>
