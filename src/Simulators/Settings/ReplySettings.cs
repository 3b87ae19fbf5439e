namespace Relais.Simulators;

/// <summary>Automatic replies: a share of the recipients answers once, after the first message that reaches them.</summary>
public sealed record ReplySettings
{
    /// <summary>Share of all recipients, 0 to 1, who answer with one of the texts.</summary>
    public double Share { get; init; }

    /// <summary>Share of all recipients, 0 to 1, who answer STOP.</summary>
    public double StopShare { get; init; }

    public int MinDelayMs { get; init; } = 500;

    public int MaxDelayMs { get; init; } = 3000;

    public IReadOnlyList<string> Texts { get; init; } =
        ["Oui, merci !", "D'accord 👍", "Je suis intéressé", "Merci", "Pouvez-vous m'appeler ?"];
}
