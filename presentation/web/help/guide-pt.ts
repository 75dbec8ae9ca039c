export type Article = { id: string; title: string; text: readonly string[]; more?: string }

export const guidePt: readonly Article[] = [
  {
    id: 'period',
    title: 'Escolher período, loja e comparação',
    text: [
      'No alto da página escolha o período, com o que comparar e a loja. Tudo fica no endereço: quem recebe o link vê o mesmo, dentro do que pode ver.',
      'A comparação “período anterior” tem o mesmo número de dias, logo antes. “Um ano antes” usa os mesmos dias da semana.',
    ],
  },
  {
    id: 'open',
    title: 'Abrir um número até a venda',
    text: [
      'Toque num nome (loja, vendedor, produto) para ver a página só dele. No fim da página, “Ver as linhas de venda” mostra cada linha, com o arquivo e a linha de onde veio.',
    ],
  },
  {
    id: 'live',
    title: 'O que quer dizer “Ao vivo”',
    text: [
      'Quando chega uma venda nova, os números se movem sozinhos em poucos segundos. Se a conexão cair, a página avisa, tenta de novo e mostra o que faltou.',
    ],
  },
  {
    id: 'weak',
    title: 'Achar o produto mais fraco',
    text: [
      'Em Produtos, toque em “Abaixo do custo” ou “Em queda”. Ordene por margem tocando no título da coluna. Toque no produto para ver em que loja e com quem acontece.',
    ],
    more: '/products',
  },
  {
    id: 'projection',
    title: 'Previsão do mês e meta',
    text: [
      'A previsão soma o que já foi vendido ao que se espera dos dias que faltam. A faixa diz onde o mês fecha em 8 de cada 10 vezes. “Falta por dia” é o que resta da meta dividido pelos dias que restam.',
    ],
    more: '/',
  },
  {
    id: 'pay',
    title: 'Remuneração: quanto e por quê',
    text: [
      'Cada parte (fixo, comissão, bônus) mostra sobre quanto foi calculada e a quantas linhas se refere. O mês fechado não muda: o que vier depois entra como ajuste no mês seguinte.',
    ],
    more: '/pay',
  },
  {
    id: 'alerts',
    title: 'Alertas e regras',
    text: [
      'Um alerta diz o que aconteceu, onde e o que fazer. “Vou cuidar disso” avisa que alguém já viu; “Adiar” silencia até amanhã. Os dois podem ser desfeitos por alguns segundos.',
      'Em Regras, escreva a sua em palavras e toque em “Testar nos últimos 90 dias” para saber quantas vezes teria avisado.',
    ],
    more: '/alerts?tab=rules',
  },
  {
    id: 'reports',
    title: 'Montar, compartilhar e enviar relatórios',
    text: [
      'Escolha números e até três agrupamentos; o resultado aparece ao lado. Salvo, o relatório pode ser exportado, compartilhado com pessoas ou por link que vence, e enviado por e-mail.',
      'Cada pessoa vê nele só o que já pode ver. Cada versão salva fica guardada, e pode voltar.',
    ],
    more: '/reports',
  },
  {
    id: 'export',
    title: 'Excel, CSV, PDF e Power BI',
    text: [
      'Toda tabela tem “Exportar”. Os valores saem com todos os dígitos, e a soma é a da página. Para Power BI ou Excel ao vivo, crie uma chave em Minha conta e use o endereço /odata/v4.',
    ],
    more: '/account',
  },
  {
    id: 'arrange',
    title: 'Personalizar a visão geral',
    text: [
      'No fim da visão geral, “Personalizar página” sobe, desce, esconde e mostra cada parte. Fica guardado para você, em qualquer aparelho.',
    ],
    more: '/',
  },
  {
    id: 'rejected',
    title: 'Linhas recusadas: corrigir e ler de novo',
    text: [
      'Quando uma linha de um arquivo não pode ser usada, ela fica em Dados, Recusados, com o motivo. A administração corrige os campos ali mesmo; a linha é lida de novo e passa a contar. O original e quem corrigiu ficam guardados.',
    ],
    more: '/data?tab=rejected',
  },
  {
    id: 'account',
    title: 'Senha, segundo fator e sessões',
    text: [
      'Em Minha conta troque a senha, ligue o código do celular, veja onde sua conta está aberta e encerre o que não reconhecer.',
    ],
    more: '/account',
  },
  {
    id: 'scope',
    title: 'Quem vê o quê',
    text: [
      'A administração vê a rede toda; cada gerente, as suas lojas; cada vendedor, as próprias vendas. Isso vale igual para páginas, arquivos, links, e-mails e planilhas.',
    ],
  },
  {
    id: 'offline',
    title: 'Instalar no celular e ler sem conexão',
    text: [
      'No menu do navegador, escolha “Adicionar à tela inicial”. A última visão fica legível sem conexão, só para você, até sair.',
    ],
  },
]
