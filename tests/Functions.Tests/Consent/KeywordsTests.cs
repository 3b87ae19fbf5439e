using Relais.Consent;

namespace Functions.Tests.Consent;

public sealed class KeywordsTests
{
    [Theory]
    [InlineData("STOP", "Stop")]
    [InlineData(" stop. ", "Stop")]
    [InlineData("Stop !!!", "Stop")]
    [InlineData("ARRET", "Stop")]
    [InlineData("Arrêt", "Stop")]
    [InlineData("arre\u0302t", "Stop")]
    [InlineData("ARRÊTER", "Stop")]
    [InlineData("DÉSABONNER", "Stop")]
    [InlineData("désabonnement", "Stop")]
    [InlineData("StopAll", "Stop")]
    [InlineData("unsubscribe", "Stop")]
    [InlineData("opt-out", "Stop")]
    [InlineData("ＳＴＯＰ", "Stop")]
    [InlineData("\u200eSTOP\u200f", "Stop")]
    [InlineData("🛑 STOP", "Stop")]
    [InlineData("CANCEL", "Stop")]
    [InlineData("end", "Stop")]
    [InlineData("Quit", "Stop")]
    [InlineData("REVOKE", "Stop")]
    [InlineData("START", "Start")]
    [InlineData("Début", "Start")]
    [InlineData("unstop", "Start")]
    [InlineData("CONFIRMER", "Confirm")]
    [InlineData("Aide ?", "Help")]
    [InlineData("help", "Help")]
    [InlineData("info", "Help")]
    [InlineData("oui", "None")]
    [InlineData("non stop", "None")]
    [InlineData("stop à 15 h", "None")]
    [InlineData("arrêtez de m'écrire svp", "None")]
    [InlineData("stopper", "None")]
    [InlineData("s t o p", "None")]
    [InlineData("", "None")]
    [InlineData(null, "None")]
    [InlineData("…", "None")]
    [InlineData("\ud83d", "None")]
    public void Only_a_whole_message_is_a_keyword(string? text, string keyword) => Assert.Equal(Enum.Parse<Keyword>(keyword), Keywords.Parse(text));

    [Theory]
    [InlineData("Oui", true, "Confirm")]
    [InlineData("YES!", true, "Confirm")]
    [InlineData("Oui", false, "None")]
    [InlineData("stop", true, "Stop")]
    public void Yes_confirms_only_where_a_confirmation_was_asked(string text, bool asked, string keyword) =>
        Assert.Equal(Enum.Parse<Keyword>(keyword), Keywords.Parse(text, asked));
}
