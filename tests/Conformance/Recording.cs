using Relais.Conformance.Json;

namespace Relais.Conformance.Tests;

internal static class Recording
{
    internal static readonly Fields Golden = Read("golden.json");

    internal static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, name);

    internal static Fields Read(string name) => (Fields)JsonText.Parse(File.ReadAllBytes(Path(name)))!;
}
