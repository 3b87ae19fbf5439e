namespace Relais.Contacts.Import;

/// <summary>The file as a whole cannot be taken. Its text is in the fault resources.</summary>
/// <param name="line">Where, from 1; 0 when no line can be named.</param>
internal sealed class FileFault(int line, string code, params string[] arguments) : Exception
{
    public int Line => line;

    public string Code => code;

    public IReadOnlyList<string> Arguments => arguments;
}
