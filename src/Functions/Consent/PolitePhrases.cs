namespace Relais.Consent;

/// <summary>Removes polite phrases around a keyword, as in "Bonjour, STOP svp, merci".</summary>
internal static class PolitePhrases
{
    private static readonly string[][] Phrases =
    [
        .. new[]
        {
            "merci beaucoup", "merci d avance", "merci de", "merci",
            "s il vous plait", "sil vous plait", "s il te plait", "sil te plait", "svp", "stp", "veuillez",
            "bonjour", "bonsoir", "salut", "madame", "monsieur", "cordialement",
            "please", "pls", "plz", "thank you", "thanks", "hello", "hi",
        }.Select(phrase => phrase.Split(' ')),
    ];

    /// <returns>The words between the polite phrases; all words when nothing would be left.</returns>
    public static List<string> Remove(List<string> words)
    {
        var (from, to) = (0, words.Count);
        while (Array.Find(Phrases, phrase => IsPhraseAt(words, phrase, from, to)) is { } phrase)
        {
            from += phrase.Length;
        }

        while (Array.Find(Phrases, phrase => IsPhraseAt(words, phrase, to - phrase.Length, to)) is { } phrase && to - phrase.Length >= from)
        {
            to -= phrase.Length;
        }

        return from == to ? words : words[from..to];
    }

    private static bool IsPhraseAt(List<string> words, string[] phrase, int at, int end) =>
        at >= 0 && at + phrase.Length <= end && words.GetRange(at, phrase.Length).SequenceEqual(phrase);
}
