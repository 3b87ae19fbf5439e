using System.Text.RegularExpressions;

namespace Relais.Platform;

/// <summary>
/// Maps all spellings of a phone number to one key. WhatsApp writes the numbers of some countries differently from their owners, and some
/// countries have lengthened their numbers. Addresses are compared by key, but messages go to the address as it was received. For user
/// ids, hashes and all other numbers the key is the address itself. The SQL functions address_key and address_spellings give the same
/// results.
/// </summary>
internal static partial class AddressKey
{
    public static string From(string address) => Prefix(address) switch
    {
        "+52" => Mexico().Replace(address, "+52$1"),
        "+54" => ArgentinaMobile().Replace(ArgentinaDialled15().Replace(address, "+54$1$2$3$4$5$6"), "+54$1"),
        "+55" => BrazilWithoutNinthDigit().Replace(address, "+55${1}9$2"),
        "+225" => IvoryCoastOrange().Replace(
            IvoryCoastMtn().Replace(IvoryCoastMoov().Replace(address, "+22501$1"), "+22505$1"), "+22507$1"),
        "+229" => BeninBefore2024().Replace(address, "+22901$1"),
        _ => address,
    };

    /// <returns>All spellings that have the same key as this address. The key itself is the first.</returns>
    public static string[] Spellings(string address)
    {
        var key = From(address);
        return PhoneNumber.IsE164(key)
            ? [.. Candidates(key).Where(candidate => From(candidate) == key).Prepend(key).Distinct()]
            : [key];
    }

    private static IEnumerable<string> Candidates(string key) => Prefix(key) switch
    {
        "+52" => [$"+521{key[3..]}"],
        "+54" => new[] { key, key.Insert(5, "15"), key.Insert(6, "15"), key.Insert(7, "15") }
            .SelectMany(dialled => new[] { dialled, dialled.Insert(3, "9") }),
        "+55" => [key.Remove(5, 1)],
        "+225" or "+229" => [key.Remove(4, 2)],
        _ => [],
    };

    /// <returns>The country code when the country has rules; otherwise a text that matches no rule.</returns>
    private static string Prefix(string address) =>
        address.Length < 5 ? "" : address.StartsWith("+22", StringComparison.Ordinal) ? address[..4] : address[..3];

    // Until 2019 mobile numbers had a 1 after the country code. WhatsApp still writes that 1.
    [GeneratedRegex(@"^\+521([2-9][0-9]{9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Mexico();

    // Mobile numbers have a 9 after the country code when they are called from abroad. Without it no
    // mobile number equals a landline number, so the key omits the 9.
    [GeneratedRegex(@"^\+549((?:11|[23][0-9])[0-9]{8})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ArgentinaMobile();

    // Inside the country mobile numbers are dialled with 15 after an area code of two, three or four digits.
    [GeneratedRegex(@"^\+549?(?:(11)15([0-9]{8})|([23][0-9]{2})15([0-9]{7})|([23][0-9]{3})15([0-9]{6}))\z", RegexOptions.CultureInvariant)]
    private static partial Regex ArgentinaDialled15();

    // Mobile numbers got a ninth digit, 9, from 2012 to 2016. Eight digits that begin with 2 to 5 are a landline.
    [GeneratedRegex(@"^\+55([1-9]{2})([6-9][0-9]{7})\z", RegexOptions.CultureInvariant)]
    private static partial Regex BrazilWithoutNinthDigit();

    // In November 2024 all numbers got the prefix 01, except service numbers, which begin with 8.
    [GeneratedRegex(@"^\+229([2-79][0-9]{7})\z", RegexOptions.CultureInvariant)]
    private static partial Regex BeninBefore2024();

    // In January 2021 mobile numbers got a prefix of two digits for their operator. The old second digit identifies the operator.
    [GeneratedRegex(@"^\+225([04-9][7-9][0-9]{6})\z", RegexOptions.CultureInvariant)]
    private static partial Regex IvoryCoastOrange();

    [GeneratedRegex(@"^\+225([04-9][4-6][0-9]{6})\z", RegexOptions.CultureInvariant)]
    private static partial Regex IvoryCoastMtn();

    [GeneratedRegex(@"^\+225((?:0[1-3]|[4-7][0-3]|[89][1-3])[0-9]{6})\z", RegexOptions.CultureInvariant)]
    private static partial Regex IvoryCoastMoov();
}
