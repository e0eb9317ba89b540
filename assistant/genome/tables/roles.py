"""What columns of result tables are called, by the tools that write them and people who rename them.

Names were taken from the output of DESeq2, edgeR, limma, sleuth, Seurat (FindMarkers, 3 to 5), scanpy
(rank_genes_groups), Cufflinks, GEO2R, PLINK, SAIGE, REGENIE, METAL, FinnGen and the GWAS Catalog's downloads.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Role(StrEnum):
    """What a column holds."""

    GENE = "gene"
    P = "p"
    ADJUSTED = "adjusted p"
    LOG_P = "-log10 p"
    LOG_ADJUSTED = "-log10 adjusted p"
    LOG2_FOLD = "log2 fold change"
    LN_FOLD = "ln fold change"
    FOLD = "fold change"
    STATISTIC = "statistic"
    MEAN = "mean expression"
    ERROR = "standard error"
    GROUP = "cluster"
    SHARE_IN = "share of cells in the cluster"
    SHARE_OUT = "share of cells outside"
    SNP = "variant"
    CHROMOSOME = "chromosome"
    POSITION = "position"
    BETA = "beta"
    ODDS = "odds ratio"
    MAPPED = "mapped gene"
    REPORTED = "reported gene"
    TRAIT = "trait"


_NAMES: dict[Role, str] = {
    Role.GENE: """gene genes symbol symbols genesymbol genesymbols genename genenames hgncsymbol
        mgisymbol hgnc mgi externalgenename geneid geneids genesid ensembl ensemblid ensemblgeneid
        ensemblids ensgene ensg entrez entrezid entrezgene entrezgeneid ncbigeneid ncbiid ncbigene feature
        features featureid featurename names name targetid id ids identifier rowname rownames row index
        locus geneidentifier gensymbol gen nomdugene nombredelgen genshortname geneshortname approvedsymbol
        officialgenesymbol hgncid mgiid marker markergene unnamed0 x gs geneensembl genebank ilmngene""",
    Role.P: """p pvalue pval pvals pvalues pwert valeurp valorp valuep rawp rawpvalue nominalp
        nominalpvalue pvaluenominal prgreaterthant ptest unadjustedp unadjustedpvalue pvalraw pvalnominal
        pvalnom pnominal punadj pwald pbolt pboltlmm frequentistaddpvalue pspagc plrt pscore hmpvalue
        pvalueassociation pval2sided""",
    Role.ADJUSTED: """padj adjp adjpval adjpvalue adjpvalues adjustedp adjustedpval adjustedpvalue
        padjust padjusted pvaladj pvalsadj pvalueadj pvalueadjusted pvaladjusted pvaladjust padjustedvalue
        qvalue qval q qwert valeurq valorq fdr fdrp fdrq fdrqvalue fdrpvalue fdradjp fdradjustedp
        fdradjustedpvalue fdrbh bh bhp bhadj padjbh benjamini benjaminihochberg bonferroni padjbonferroni
        holm padjfdr pfdr fdrvalue angepassterpwert adjpwert korrigierterpwert valeurpajustee
        valeurpcorrigee valorpajustado valorpcorregido correctedp correctedpvalue pcorrected pcorr
        pvalcorrected svalue""",
    Role.LOG_P: """log10p log10pvalue log10pval minuslog10p minuslog10pvalue minuslog10pval
        neglog10p neglog10pvalue neglog10pval nlog10p nlog10pval nlog10pvalue mlogp mlog10p logp pvaluemlog
        neglogp neglogpvalue lp log10pvals mlog10pvalue mlog10pval""",
    Role.LOG_ADJUSTED: """log10padj log10adjp log10adjpvalue log10fdr log10q log10qvalue minuslog10padj
        minuslog10fdr minuslog10adjp minuslog10qvalue neglog10padj neglog10fdr neglog10qvalue neglog10adjp
        nlog10padj mlog10padj log10adjustedpvalue neglog10adjustedpvalue""",
    Role.LOG2_FOLD: """log2foldchange log2fc log2foldchanges logfc logfoldchange logfoldchanges
        log2ratio lfc l2fc avglog2fc avglog2foldchange meanlog2fc log2foldchangemle log2foldchangemap
        shrunkenlog2foldchange log2fcshrunk lfcshrink log2foldchangeshrunk logratio m log2foldchangelfc
        log2fcmean fclog2 foldchangelog2 logfold log2fold logfcavg log2avgfc log2mediandiff log2fcadj coef
        coefficient estimate summarylogfc avgloggfc log2veraenderung log2changement""",
    Role.LN_FOLD: "avglogfc lnfc lnfoldchange avglogfoldchange loge lnfold",
    Role.FOLD: """fc foldchange foldchanges fold ratio foldinduction linearfc linearfoldchange
        signedfoldchange foldaenderung faenderung cambiodeveces facteurdechangement fcabs ratiofc""",
    Role.STATISTIC: """stat stats statistic t tstat tstatistic tvalue wald waldstat waldstatistic lr f
        fstat fstatistic z zscore score scores bstat rankmetric teststatistic teststat auc poweravg metric
        zstat b""",
    Role.MEAN: """basemean logcpm aveexpr averageexpression avgexpr avgexpression meanexpression
        meanexpr mean a logmean cpm basemeana baseexpr amean meanobs meannormcounts averagelogcpm mittelwert""",
    Role.ERROR: "lfcse se stderr standarderror seb sebeta stderrlogfc hmse",
    Role.GROUP: """cluster clusters group groups celltype celltypes contrast comparison comparisons
        louvain leiden clusterid clustername seuratclusters ident identity condition conditions coefname
        cellcluster annotation kluster gruppe groupe grupo subset""",
    Role.SHARE_IN: "pct1 pctin pctnzgroup pctexpr pctingroup pctexpin",
    Role.SHARE_OUT: "pct2 pctout pctnzreference pctoutgroup pctexpout",
    Role.SNP: """snp snps snpid rsid rs rsids rsnumber markername variant variantid snpname dbsnp
        hmrsid hmvariantid rsidukb snpidcurrent varid markerid leadsnp topsnp indexsnp leadvariant
        topvariant strongestsnp""",
    Role.CHROMOSOME: """chr chrom chromosome chrid hmchrom chromosomename chrname seqname seqnames
        chromosom chromosoma chrno hgchr""",
    Role.POSITION: """bp pos position basepair basepairlocation basepairposition basepairs chrpos
        chrposition bppos genpos hmpos posbp coordinate bpposition poshg19 poshg38 posgrch37 posgrch38
        bphg19 bphg38 posb37 posb38 positionbp bpgrch37 bpgrch38""",
    Role.BETA: "beta effect b1 hmbeta effectsize betahat betasnpadd effectbeta",
    Role.ODDS: "or oddsratio orbeta hmoddsratio oddsratios orvalue odds",
    Role.MAPPED: """mappedgene mappedgenes nearestgene nearestgenes nearestgenename closestgene
        genenearest nearest geneatlocus locusgene ensemblmappedgenes mappedgenename genesymbolnearest
        genemapped""",
    Role.REPORTED: "reportedgenes reportedgene authorreportedgene authorreportedgenes candidategene",
    Role.TRAIT: "diseasetrait trait traits phenotype phenotypes mappedtrait reportedtrait outcome disease traitname",
}  # fmt: skip
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}
_WEAK = frozenset(
    "p q m a b f t z x id ids name index row mean score scores ratio or rs group or names bh fold".split()
)
"""Names that other tables use for other things: alone they don't show where a header stands."""
_CONTRASTED = frozenset(
    (Role.P, Role.ADJUSTED, Role.LOG_P, Role.LOG_ADJUSTED, Role.LOG2_FOLD, Role.FOLD, Role.STATISTIC, Role.LN_FOLD)
)
_NO_CONTRAST = frozenset(
    "se stderr sd ci lower upper low high l r left right error abs rank note flag call sig significant raw cutoff test "
    "method threshold".split()
)
_SCANPY = {"n": "names", "p": "pvals", "a": "pvalsadj", "s": "scores", "l": "logfoldchanges"}
_PIECE = re.compile(r"[^\W_]+")


def norm(name: str) -> str:
    """A column's name without accents, case, spaces and marks; minus signs before a logarithm are kept as a word."""
    plain = unicodedata.normalize("NFKD", name.strip()).encode("ascii", "ignore").decode()
    plain = re.sub(r"_x$|\.\.\.\d+$", "", plain) if len(plain) > 4 else plain
    return re.sub(r"[^a-z0-9]", "", plain.replace("%", "pct").lower())


def role_of(name: str) -> Role | None:
    """What a column of this name holds; None where the name tells nothing."""
    if not name.strip() or re.fullmatch(r"\.\.\.1", name.strip()):
        return Role.GENE if name.strip() else None
    return _ROLES.get(norm(name))


def known(name: str) -> bool:
    """Whether a cell is a name of columns that shows a header."""
    return (norm(name) not in _WEAK and role_of(name) is not None) or contrasted(name) is not None


def contrasted(name: str) -> tuple[Role, str] | None:
    """The role and the contrast of a name that holds both ("log2FoldChange_A_vs_B", "B cells_pvals_adj").

    None where it does not. The longest name of a role at either end counts.
    """
    pieces = list(_PIECE.finditer(name))
    if role_of(name) is not None or len(pieces) < 2:
        return None
    for size in range(len(pieces) - 1, 0, -1):
        for words, rest in (
            (pieces[:size], name[pieces[size].start() :]),
            (pieces[-size:], name[: pieces[-size - 1].end()]),
        ):
            whole = norm("".join(word.group() for word in words))
            role = _ROLES.get(whole)
            if (role in _CONTRASTED and whole not in _WEAK) or whole in _SCANPY.values():
                if role is None or {piece.group().lower() for piece in _PIECE.finditer(rest)} & _NO_CONTRAST:
                    return None
                return role, rest.strip(" _.-:()[]/|")
    return None


def short_scanpy(header: tuple[str, ...]) -> dict[int, tuple[Role, str]]:
    """Columns "0_n", "0_p" as scanpy's tutorials name them; empty where the table has none such."""
    found: dict[int, tuple[Role, str]] = {}
    for index, name in enumerate(header):
        group, mark, letter = name.rpartition("_")
        if mark and group and letter in _SCANPY:
            found[index] = (_ROLES[_SCANPY[letter]], group)
    named = {group for role, group in found.values() if role is Role.GENE}
    tested = {group for role, group in found.values() if role is Role.P}
    return found if named and named == tested else {}
