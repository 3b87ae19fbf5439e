namespace Relais.Simulators;

/// <summary>Recipients who answer by themselves, each at most once, after the first message that reached them.</summary>
public sealed record ReplySettings
{
    public double Share { get; init; }

    /// <summary>Share of all recipients who answer STOP.</summary>
    public double StopShare { get; init; }

    public int MinDelayMs { get; init; } = 500;

    public int MaxDelayMs { get; init; } = 3000;

    public IReadOnlyList<string> Texts { get; init; } = ["Oui, merci !", "D'accord 👍", "Je suis intéressé", "Merci", "Pouvez-vous m'appeler ?"];
}
